-- How often people of each group carry a flag that is to be checked, how often an office confirmed one, and how often people
-- lack what they are entitled to: whether the rules fall on some more than on others.
-- schema: evidence · pass: whole · kept as: table
-- grain: dimension, category
-- privacy: counts of people, not protected; for the reviewer
with flagged as (
  select person_id, bool_or(status in ('confirmed', 'recovered')) as is_confirmed
  from hub.overlap where severity <> 'info' group by person_id
),
lacking as (select distinct person_id from hub.gap where status in ('new', 'open')),
concerned as (
  select coalesce(flagged.person_id, lacking.person_id) as person_id, flagged.person_id is not null as is_flagged,
    coalesce(flagged.is_confirmed, false) as is_confirmed, lacking.person_id is not null as is_lacking
  from flagged full join lacking on lacking.person_id = flagged.person_id
),
-- Everybody is counted in one pass, and joined with nobody: only those who are concerned are looked up.
counted as (
  select sex, age_band, urban_rural, id_quality, count(*) as persons, 0 as flagged, 0 as confirmed, 0 as lacking
  from work.person_group group by sex, age_band, urban_rural, id_quality
  union all
  select p.sex, p.age_band, p.urban_rural, p.id_quality, 0, sum(case when c.is_flagged then 1 else 0 end),
    sum(case when c.is_confirmed then 1 else 0 end), sum(case when c.is_lacking then 1 else 0 end)
  from concerned c join work.person_group p on p.person_id = c.person_id
  group by p.sex, p.age_band, p.urban_rural, p.id_quality
),
grouped as (
  select 'sex' as dimension, coalesce(sex, 'unknown') as category, persons, flagged, confirmed, lacking from counted
  union all
  select 'age_band', coalesce(age_band, 'unknown'), persons, flagged, confirmed, lacking from counted
  union all
  select 'urban_rural', coalesce(urban_rural, 'unknown'), persons, flagged, confirmed, lacking from counted
  union all
  select 'id_quality', coalesce(id_quality, 'unknown'), persons, flagged, confirmed, lacking from counted
)
select dimension, category, cast(sum(persons) as bigint) as persons, cast(sum(flagged) as bigint) as flagged,
  cast(sum(confirmed) as bigint) as confirmed, cast(sum(lacking) as bigint) as lacking
from grouped group by dimension, category
