-- Maximal runs of consecutive months of one rule, person and pair of sides: what becomes a flag.
-- Barred is the side that a rule says must not be held; where that is the lower of the two, the one with less money.
-- One month shared at a change of scheme or county, where the one side ends and the other begins, is information only.
-- schema: work · pass: bucket · kept as: table
-- grain: rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, from_month
with numbered as (
  select *,
    extract(year from month) * 12 + extract(month from month) - row_number() over (
      partition by rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category
      order by month
    ) as island
  from work.overlap_month
),
run as (
  select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category,
    min(month) as from_month, max(month) as until_month, count(*) as months,
    cast(sum(left_amount) as decimal(18, 2)) as left_amount, cast(sum(right_amount) as decimal(18, 2)) as right_amount,
    cast(sum(at_risk) as decimal(18, 2)) as at_risk,
    min(case severity when 'info' then 1 when 'review' then 2 else 3 end) as weight
  from numbered
  group by rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, island
),
changed as (
  select run.*,
    case
      when rule.bars <> 'lower' then rule.bars
      when run.left_amount < run.right_amount then 'left'
      when run.left_amount > run.right_amount then 'right'
    end as barred,
    rule.one_month_is_info and run.months = 1
      and ((left_before.person_id is not null and left_after.person_id is null
          and right_before.person_id is null and right_after.person_id is not null)
        or (right_before.person_id is not null and right_after.person_id is null
          and left_before.person_id is null and left_after.person_id is not null)) as is_change
  from run
  join reference.rule rule on rule.rule_id = run.rule_id
  left join hub.benefit_month left_before on left_before.person_id = run.person_id and left_before.held
    and left_before.benefit = run.left_benefit and left_before.county = run.left_county
    and (left_before.category is not distinct from run.left_category)
    and left_before.month = run.from_month - interval '1 month' and run.months = 1
  left join hub.benefit_month left_after on left_after.person_id = run.person_id and left_after.held
    and left_after.benefit = run.left_benefit and left_after.county = run.left_county
    and (left_after.category is not distinct from run.left_category)
    and left_after.month = run.from_month + interval '1 month' and run.months = 1
  left join hub.benefit_month right_before on right_before.person_id = run.person_id and right_before.held
    and right_before.benefit = run.right_benefit and right_before.county = run.right_county
    and (right_before.category is not distinct from run.right_category)
    and right_before.month = run.from_month - interval '1 month' and run.months = 1
  left join hub.benefit_month right_after on right_after.person_id = run.person_id and right_after.held
    and right_after.benefit = run.right_benefit and right_after.county = run.right_county
    and (right_after.category is not distinct from run.right_category)
    and right_after.month = run.from_month + interval '1 month' and run.months = 1
)
select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category,
  from_month, until_month, months, left_amount, right_amount, at_risk, barred,
  case when is_change or weight = 1 then 'info' when weight = 2 then 'review' else 'violation' end as severity
from changed
