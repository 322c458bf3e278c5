-- Service events but visits (13), each once: what was delivered again under one number is one event, the first delivered
-- row; of two deliveries of one day that of the one with the lower id.
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per event)
with several as (
  select person_id, record_token
  from staged.service_event where person_id is not null
  group by person_id, record_token
  having count(*) > 1
),
ranked as (
  select e.person_id, e.record_token, e.delivery_id, e.row,
    row_number() over (partition by e.person_id, e.record_token order by e.period_end, e.delivery_id, e.row) as choice
  from staged.service_event e
  join several s on s.person_id = e.person_id and s.record_token = e.record_token
)
-- A time of day is staged in whole seconds.
select e.person_id, cast(date_trunc('month', to_timestamp_seconds(e.started_at)) as date) as month,
  to_timestamp_seconds(e.started_at) as started_at, to_timestamp_seconds(e.ended_at) as ended_at, e.place, c.county,
  e.category, e.service, e.provider_code, e.units, e.unit_price, e.subsidy, e.self_paid, e.approved_on, e.record_token,
  coalesce(o.link_grade, e.link_grade) as link_grade, e.delivery_id, e.row
from staged.service_event e
join reference.region_county c on c.code = substr(e.region, 1, 6)
left join ranked r on r.person_id = e.person_id and r.record_token = e.record_token and r.choice = 1
left join work.other_name o on o.person_id = e.person_id and o.name_ordinal = e.name_ordinal
where e.person_id is not null and e.service <> '13'
  and (r.record_token is null or (r.delivery_id = e.delivery_id and r.row = e.row))
