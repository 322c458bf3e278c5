-- People of 60 and older alive on 31 December, by residence: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, sex, age_band, urban_rural
-- privacy: counts of people, not protected; for the release alone
select region, sex, age_band, urban_rural, cast(sum(persons) as bigint) as persons
from work.population_part where base = 'residence' group by region, sex, age_band, urban_rural
