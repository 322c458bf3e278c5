-- Which office is asked to check which flag, as which side: the one whose department acts and whose own rows the flag
-- rests on. A payer is asked as the owner of the barred side; any other as the barred side if it has rows of that.
-- schema: work · pass: whole · kept as: table
-- grain: flag_id, place, department
with source as (
  select flag.flag_id, delivery.place, delivery.department, row.side, rule.act_by,
    coalesce(flag.barred, 'left') as barred
  from work.flag flag
  join reference.rule rule on rule.rule_id = flag.rule_id
  join work.overlap_source row on row.rule_id = flag.rule_id and row.person_id = flag.person_id
    and row.from_month = flag.from_month
    and row.left_benefit = flag.left_benefit and row.right_benefit = flag.right_benefit
    and (row.left_county is not distinct from flag.left_county)
    and (row.left_category is not distinct from flag.left_category)
    and (row.right_county is not distinct from flag.right_county)
    and (row.right_category is not distinct from flag.right_category)
  join reference.delivery delivery on delivery.delivery_id = row.delivery_id
)
select flag_id, place, department,
  case when bool_or(side = barred) then barred when barred = 'left' then 'right' else 'left' end as side
from source
where act_by = department or (act_by = 'payer' and side = barred)
group by flag_id, place, department, barred
