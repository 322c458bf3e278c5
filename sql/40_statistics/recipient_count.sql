-- Recipients by year, benefit, county of residence, sex and age band, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: year, benefit, region, sex, age_band
select year, benefit, region, sex, age_band,
  count(*) filter (where in_december) as persons_in_december,
  count(*) as persons_in_year,
  sum(months) as person_months,
  sum(amount) as amount
from work.recipient
group by year, benefit, region, sex, age_band
