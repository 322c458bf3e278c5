-- The person-months in which any rule could find a pair; decisions are made on their rows.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id, month
with pattern as (select distinct mask from work.person_month),
hit as (
  select distinct pattern.mask
  from pattern cross join reference.rule_mask rule
  where (pattern.mask & rule.left_mask) <> 0 and (pattern.mask & rule.right_mask) <> 0
)
select person_id, month from work.person_month
where total <> mask or mask in (select mask from hit)
