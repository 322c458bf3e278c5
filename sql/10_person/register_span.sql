-- What the elder register says of a person for the months of each snapshot; of two registers the later update counts, then
-- the one of the county the person lives in. Rows that perhaps bear somebody else's ID number say nothing here.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id, from_no
with held as (
  select r.*, s.from_no, s.until_no
  from staged.elder_register r
  join work.snapshot_span s on s.dataset = 'elder_register' and s.place = r.place and s.period_end = r.period_end
  left join work.other_name o on o.person_id = r.person_id and o.name_ordinal = r.name_ordinal
  where r.person_id is not null and o.person_id is null
),
-- Whom two registers hold for the same months: these are looked at month by month. The engine computes each subquery anew
-- wherever it is read: this is asked before counties are joined.
several as (
  select person_id from held
  group by person_id having sum(until_no - from_no) > max(until_no) - min(from_no)
),
read as (
  select r.person_id, r.from_no, r.until_no, r.status, r.updated_on, r.place, r.delivery_id, r.row,
    hukou.county as hukou_county, residence.county as residence_county, r.residence_since,
    coalesce(r.living_alone, false) or coalesce(r.living = 'alone', false) as living_alone,
    -- 独居 is 空巢 too in the one column of older systems.
    coalesce(r.empty_nest, false) or coalesce(r.living in ('empty_nest', 'alone'), false) as empty_nest,
    coalesce(r.left_behind, false) or coalesce(r.living = 'left_behind', false) as left_behind,
    coalesce(r.merit, false) as merit, r.dementia, r.evidence, r.evidence_on
  from held r
  left join reference.region_county hukou on hukou.code = substr(r.hukou_region, 1, 6)
  left join reference.region_county residence on residence.code = substr(r.residence_region, 1, 6)
),
ranked as (
  select r.*, month.month_no, row_number() over (
    partition by r.person_id, month.month_no
    order by r.updated_on desc, starts_with(r.residence_county, r.place) desc, r.delivery_id, r.row
  ) as choice
  from read r
  join several s on s.person_id = r.person_id
  join reference.month month on month.month_no >= r.from_no and month.month_no < r.until_no
)
select r.person_id, r.from_no, r.until_no, r.status, r.hukou_county, r.residence_county, r.residence_since,
  r.living_alone, r.empty_nest, r.left_behind, r.merit, r.dementia, r.evidence, r.evidence_on
from read r left join several s on s.person_id = r.person_id
where s.person_id is null
union all
select person_id, month_no, month_no + 1, status, hukou_county, residence_county, residence_since, living_alone, empty_nest,
  left_behind, merit, dementia, evidence, evidence_on
from ranked where choice = 1
