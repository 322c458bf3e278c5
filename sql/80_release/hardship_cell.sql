-- Older people in hardship by group: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, hardship, sex, urban_rural
-- privacy: counts of people, not protected; for the release alone
select region, hardship, sex, urban_rural, cast(sum(persons) as bigint) as persons
from work.hardship_part group by region, hardship, sex, urban_rural
