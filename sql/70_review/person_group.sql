-- What the review counts a person by: sex, age, place, with which kind of ID number the person is known (of several the
-- least usual), and the benefits the person ever held, as a mask.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id
with held as (select person_id, bit_or(mask) as mask from work.person_month group by person_id),
known as (select person_id, min(id_rank) as id_rank from work.person_dataset group by person_id)
select p.person_id, p.sex, p.birth_month, p.residence_county, p.residence_urban_rural as urban_rural, band.age_band,
  case known.id_rank when 0 then 'none' when 1 then 'residence_permit' when 2 then 'upgraded15' else 'valid18' end as id_quality,
  coalesce(held.mask, 0) as benefits
from hub.person p
cross join reference.run run
join known on known.person_id = p.person_id
left join held on held.person_id = p.person_id
left join reference.age_band band on band.from_age <= extract(year from run.as_of) - extract(year from p.birth_month)
  and extract(year from run.as_of) - extract(year from p.birth_month) <= band.until_age
