-- Counted people by the way they live, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: region, situation, sex, age_band, urban_rural
select residence as region, situation, sex, age_band, urban_rural, count(*) as persons
from work.release_person where in_stock group by residence, situation, sex, age_band, urban_rural
