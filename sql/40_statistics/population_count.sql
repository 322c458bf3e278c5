-- Counted people by year, base, county, sex and age band, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: year, base, region, sex, age_band
select year, 'residence' as base, coalesce(residence_county, 'unknown') as region, sex, age_band, count(*) as persons
from work.counted_person group by year, coalesce(residence_county, 'unknown'), sex, age_band
union all
select year, 'hukou', coalesce(hukou_county, 'unknown'), sex, age_band, count(*)
from work.counted_person group by year, coalesce(hukou_county, 'unknown'), sex, age_band
