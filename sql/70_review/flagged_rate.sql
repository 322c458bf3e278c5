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
person as (
  select flagged.person_id is not null as is_flagged, flagged.is_confirmed, lacking.person_id is not null as is_lacking, p.sex,
    band.age_band, p.residence_urban_rural, known.id_quality
  from hub.person p
  cross join reference.run run
  left join flagged on flagged.person_id = p.person_id
  left join lacking on lacking.person_id = p.person_id
  left join work.person_id_quality known on known.person_id = p.person_id
  left join reference.age_band band on band.from_age <= extract(year from run.as_of) - extract(year from p.birth_month)
    and extract(year from run.as_of) - extract(year from p.birth_month) <= band.until_age
),
grouped as (
  select is_flagged, is_confirmed, is_lacking, 'sex' as dimension, coalesce(sex, 'unknown') as category from person
  union all
  select is_flagged, is_confirmed, is_lacking, 'age_band', coalesce(age_band, 'unknown') as category from person
  union all
  select is_flagged, is_confirmed, is_lacking, 'urban_rural', coalesce(residence_urban_rural, 'unknown') as category from person
  union all
  select is_flagged, is_confirmed, is_lacking, 'id_quality', coalesce(id_quality, 'unknown') as category from person
)
select dimension, category, count(*) as persons, sum(case when is_flagged then 1 else 0 end) as flagged,
  sum(case when is_confirmed then 1 else 0 end) as confirmed, sum(case when is_lacking then 1 else 0 end) as lacking
from grouped group by dimension, category
