-- Counted people by place of residence and of hukou, sex, age band and the kind of place they live in, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: base, region, sex, age_band, urban_rural
select 'residence' as base, residence as region, sex, age_band, urban_rural, count(*) as persons
from work.release_person where in_stock group by residence, sex, age_band, urban_rural
union all
select 'hukou', hukou, sex, age_band, urban_rural, count(*)
from work.release_person where in_stock group by hukou, sex, age_band, urban_rural
