-- As whom each person counts in the benefits of a year. Sex and age come from the person's number, the place from the register
-- on 31 December, by when a certified death has happened or not.
-- schema: work · pass: bucket · kept as: table
-- grain: year, person_id
select y.year, p.person_id, p.sex, band.age_band, coalesce(r.residence_county, 'unknown') as region,
  d.person_id is not null as is_dead
from hub.person p
cross join reference.year y
join reference.age_band band
  on extract(year from y.day) - extract(year from p.birth_month) between band.from_age and band.until_age
left join work.register_day r on r.person_id = p.person_id and r.day = y.day
left join work.death d on d.person_id = p.person_id and d.certified and d.death_month <= y.day
