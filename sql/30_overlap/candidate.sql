-- The person-months in which any rule could find a pair; decisions are made on their rows.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: person_id, month
with pattern as (select distinct mask from work.person_month),
hit as (
  select distinct pattern.mask
  from pattern cross join reference.rule_mask rule
  where (pattern.mask & rule.left_mask) <> 0 and (pattern.mask & rule.right_mask) <> 0
)
select p.person_id, p.month
from work.person_month p left join hit on hit.mask = p.mask
where p.total <> p.mask or hit.mask is not null
