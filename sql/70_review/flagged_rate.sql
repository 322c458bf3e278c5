-- How often people of each group carry a flag that is to be checked: whether the rules fall on some more than on others.
-- schema: evidence · pass: whole · kept as: table
-- grain: dimension, category
-- privacy: counts of people, not protected; for the reviewer
with flagged as (select distinct person_id from hub.overlap where severity <> 'info'),
person as (
  select p.person_id, flagged.person_id is not null as is_flagged, p.sex, band.age_band, p.residence_urban_rural
  from hub.person p
  cross join reference.run run
  left join flagged on flagged.person_id = p.person_id
  left join reference.age_band band on band.from_age <= extract(year from run.as_of) - extract(year from p.birth_month)
    and extract(year from run.as_of) - extract(year from p.birth_month) <= band.until_age
),
grouped as (
  select person_id, is_flagged, 'sex' as dimension, coalesce(sex, 'unknown') as category from person
  union all
  select person_id, is_flagged, 'age_band', coalesce(age_band, 'unknown') as category from person
  union all
  select person_id, is_flagged, 'urban_rural', coalesce(residence_urban_rural, 'unknown') as category from person
)
select dimension, category, count(*) as persons, sum(case when is_flagged then 1 else 0 end) as flagged
from grouped group by dimension, category
