-- The assessment of each of the counted that speaks for December; asked through the guard alone.
-- schema: micro · pass: bucket · kept as: table
-- grain: person_id
-- privacy: one row a person, pseudonymous; for the guard alone
select p.person_id, coalesce(p.residence_county, 'unknown') as region, p.sex, p.age_band, p.urban_rural, a.standard, a.level
from work.release_assessment a
join work.release_person p on p.person_id = a.person_id and p.in_stock
