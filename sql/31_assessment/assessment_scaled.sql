-- Every assessment of a person with what its level means on the common order of severity, and the numbers of the months
-- from which and until which it holds. Rows that perhaps bear somebody else's ID number say nothing here.
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per delivered assessment)
with made as (
  select a.person_id, a.standard, a.level, a.dementia, a.assessed_on, a.valid_to, a.region, a.place,
    'ability_assessment' as dataset, a.delivery_id, a.row
  from staged.ability_assessment a
  left join work.other_name o on o.person_id = a.person_id and o.name_ordinal = a.name_ordinal
  where a.person_id is not null and o.person_id is null
  union all
  select a.person_id, 'LTCI2021', a.level, cast(null as varchar), a.assessed_on, a.valid_to, a.pool_region, a.place,
    'ltci_assessment', a.delivery_id, a.row
  from staged.ltci_assessment a
  left join work.other_name o on o.person_id = a.person_id and o.name_ordinal = a.name_ordinal
  where a.person_id is not null and o.person_id is null
)
select made.*, level.severity, level.severity_rank, coalesce(level.is_payable, false) as is_payable,
  cast(extract(year from made.assessed_on) * 12 + extract(month from made.assessed_on) - 1 as bigint) as from_no,
  case
    when made.valid_to is null then
      cast(extract(year from made.assessed_on) * 12 + extract(month from made.assessed_on) as bigint) + scale.valid_months
    else cast(extract(year from made.valid_to) * 12 + extract(month from made.valid_to) as bigint)
  end as last_no
from made
join reference.assessment_scale scale on scale.standard = made.standard
left join reference.assessment_level level on level.standard = made.standard and level.level = made.level
