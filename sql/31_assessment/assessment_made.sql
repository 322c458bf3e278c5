-- Every assessment of a person with what its level means on the common order of severity; the numbers of two scales are
-- never compared. It speaks from the month in which it was made until the month of its last day, or the one before the
-- next assessment; of two on one day the one that found more need. One of a scale without a meaning replaces none.
-- Assessments are recognised wherever they were made (内蒙古 二（二）4, 「全区范围互认」).
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
),
numbered as (
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
),
ordered as (
  select numbered.*,
    lead(from_no) over (
      partition by person_id, severity is null order by assessed_on, severity_rank, dataset, delivery_id, row
    ) as next_no,
    lead(from_no) over (
      partition by person_id, standard order by assessed_on, severity_rank, dataset, delivery_id, row
    ) as next_of_standard_no,
    lag(assessed_on) over (
      partition by person_id, standard order by assessed_on, severity_rank, dataset, delivery_id, row
    ) as before_on,
    lag(last_no) over (
      partition by person_id, standard order by assessed_on, severity_rank, dataset, delivery_id, row
    ) as before_last_no,
    lag(severity_rank) over (
      partition by person_id, standard order by assessed_on, severity_rank, dataset, delivery_id, row
    ) as before_rank
  from numbered
)
select person_id, standard, level, severity, severity_rank, is_payable, dementia, assessed_on,
  -- Without a last day of its own it holds to the end of the last month.
  coalesce(valid_to, cast(make_date(cast(last_no / 12 as int), cast(last_no % 12 + 1 as int), 1) - interval '1 day' as date))
    as valid_to,
  from_no, least(last_no, coalesce(next_no, last_no)) as until_no,
  least(last_no, coalesce(next_of_standard_no, last_no)) as until_of_standard_no,
  next_no is null as is_latest,
  case when from_no < before_last_no then before_on end as repeats_on,
  from_no < before_last_no and severity_rank is distinct from before_rank as is_change,
  region, place, dataset, delivery_id, row
from ordered
