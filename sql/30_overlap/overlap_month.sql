-- Every month in which a rule found a pair, with the weakest severity that its rows allow.
-- schema: work · pass: bucket · kept as: table · months: own
-- grain: rule_id, person_id, month, left_benefit, left_county, left_category, right_benefit, right_county, right_category
with pair as (
  select * from work.overlap_exclusive
  union all select * from work.overlap_offset
  union all select * from work.overlap_duplicate
  union all select * from work.overlap_booking
  union all select * from work.overlap_status
  union all select * from work.overlap_time
  union all select * from work.overlap_once
)
select pair.rule_id, pair.person_id, pair.month, pair.left_benefit, pair.left_county, pair.left_category,
  pair.right_benefit, pair.right_county, pair.right_category, pair.left_amount, pair.right_amount, pair.at_risk,
  case when rule.severity = 'violation' then pair.at_most else rule.severity end as severity
from pair join reference.rule rule on rule.rule_id = pair.rule_id
