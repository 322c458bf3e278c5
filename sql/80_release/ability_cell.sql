-- Assessed older people by standard and level: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, standard, ability, age_band, urban_rural
-- privacy: counts of people, not protected; for the release alone
select region, standard, ability, age_band, urban_rural, cast(sum(persons) as bigint) as persons
from work.ability_part group by region, standard, ability, age_band, urban_rural
