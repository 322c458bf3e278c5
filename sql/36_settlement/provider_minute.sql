-- How many events of numbered rows each provider began in a minute, and the seconds that they took; what the person pays
-- counts too, visits do not.
-- schema: work · pass: bucket · kept as: table
-- grain: provider_code, minute
select provider_code, date_trunc('minute', started_at) as minute, min(county) as county, count(*) as events,
  coalesce(sum(cast(ended_at as bigint) - cast(started_at as bigint)), 0) as seconds
from work.service_event
group by provider_code, date_trunc('minute', started_at)
