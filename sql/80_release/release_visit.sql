-- Visits (13) to each person by month and channel, each once however often it was delivered; only rows with an ID number.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, month, channel
select e.person_id, cast(date_trunc('month', to_timestamp_seconds(e.started_at)) as date) as month,
  coalesce(e.channel, 'unknown') as channel, count(distinct e.record_token) as visits
from staged.service_event e
where e.person_id is not null and e.service = '13'
group by e.person_id, cast(date_trunc('month', to_timestamp_seconds(e.started_at)) as date), coalesce(e.channel, 'unknown')
