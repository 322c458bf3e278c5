-- Counted people by the way they live: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, situation, sex, age_band, urban_rural
-- privacy: counts of people, not protected; for the release alone
select region, situation, sex, age_band, urban_rural, cast(sum(persons) as bigint) as persons
from work.living_situation_part group by region, situation, sex, age_band, urban_rural
