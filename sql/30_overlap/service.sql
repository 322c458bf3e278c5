-- Service events that somebody else pays for: nothing that the person buys (market).
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per event)
select person_id, month, cast(started_at as date) as day, county, category, provider_code, started_at, ended_at, subsidy,
  approved_on, record_token, link_grade, delivery_id, row
from work.service_event
where coalesce(category, '') <> 'market'
