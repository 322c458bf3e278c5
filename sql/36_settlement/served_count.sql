-- How many people each provider served in a month, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: month, county, provider_code, benefit
with once as (
  select person_id, month, county, provider_code, benefit from work.served_month
  group by person_id, month, county, provider_code, benefit
)
select month, county, provider_code, benefit, count(*) as persons
from once group by month, county, provider_code, benefit
