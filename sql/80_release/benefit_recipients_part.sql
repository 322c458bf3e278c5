-- Recipients of each benefit by residence, sex, age band and urban or rural, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: region, benefit, sex, age_band, urban_rural
select residence as region, benefit, sex, age_band, urban_rural, count(*) as persons_in_year,
  count(*) filter (where in_december) as persons_in_december, sum(months) as person_months, sum(amount) as amount
from work.release_recipient
group by residence, benefit, sex, age_band, urban_rural
