-- Counted people with an assessment in force in December, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: region, standard, ability, age_band, urban_rural
select p.residence as region, a.standard, a.level as ability, p.age_band, p.urban_rural, count(*) as persons
from work.release_assessment a join work.release_person p on p.person_id = a.person_id and p.in_stock
group by p.residence, a.standard, a.level, p.age_band, p.urban_rural
