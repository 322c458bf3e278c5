-- Each person's row of the elder register on each reference day; of two registers the later update counts, then the
-- one of the county the person lives in.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id, day
with held as (
  select r.*, s.day
  from staged.elder_register r
  join reference.snapshot_day s on s.dataset = 'elder_register' and s.place = r.place and s.period_end = r.period_end
  where r.person_id is not null
),
-- The engine computes each subquery anew wherever it is read: who stands there twice is asked before counties are joined.
several as (select person_id, day from held group by person_id, day having count(*) > 1),
read_on_day as (
  select
    r.person_id, r.day, r.sex, r.birth_month, r.status, r.updated_on, r.place,
    r.hukou_region, hukou.county as hukou_county,
    r.residence_region, residence.county as residence_county, r.residence_region_urban_rural as urban_rural,
    r.residence_since, r.living_alone, r.empty_nest, r.left_behind, r.living, r.dementia,
    r.delivery_id, r.row
  from held r
  left join reference.region_county hukou on hukou.code = substr(r.hukou_region, 1, 6)
  left join reference.region_county residence on residence.code = substr(r.residence_region, 1, 6)
),
ranked as (
  select r.*, row_number() over (
    partition by r.person_id, r.day
    order by r.updated_on desc, starts_with(r.residence_county, r.place) desc, r.delivery_id, r.row
  ) as choice
  from read_on_day r join several s on s.person_id = r.person_id and s.day = r.day
)
select r.person_id, r.day, r.sex, r.birth_month, r.status, r.updated_on, r.hukou_region, r.hukou_county, r.residence_region,
  r.residence_county, r.urban_rural, r.residence_since, r.living_alone, r.empty_nest, r.left_behind, r.living, r.dementia
from read_on_day r left join several s on s.person_id = r.person_id and s.day = r.day
where s.person_id is null
union all
select person_id, day, sex, birth_month, status, updated_on, hukou_region, hukou_county, residence_region,
  residence_county, urban_rural, residence_since, living_alone, empty_nest, left_behind, living, dementia
from ranked where choice = 1
