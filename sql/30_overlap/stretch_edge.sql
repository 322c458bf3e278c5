-- The months before and after a run of months that may be a change of scheme or county. Nothing runs on for more than a year.
-- schema: work · pass: bucket · kept as: memory
-- grain: rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, from_month, is_before
with may_change as (
  select run.*
  from work.overlap_stretch run join reference.rule rule on rule.rule_id = run.rule_id and rule.one_month_is_info
  where run.months <= 12
)
select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, from_month,
  true as is_before, cast(from_month - interval '1 month' as date) as month
from may_change
union all
select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, from_month,
  false, cast(until_month + interval '1 month' as date)
from may_change
