-- Service events but visits (13), each once: what was delivered again under one number is one event.
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per event)
with repeated as (
  select person_id, record_token, min(cast(period_end as bigint) * 1099511627776 + row) as first_row
  from staged.service_event where person_id is not null
  group by person_id, record_token
  having count(*) > 1
)
-- A time of day is staged in whole seconds.
select e.person_id, cast(date_trunc('month', to_timestamp_seconds(e.started_at)) as date) as month,
  to_timestamp_seconds(e.started_at) as started_at, to_timestamp_seconds(e.ended_at) as ended_at, e.place, c.county,
  e.category, e.service, e.provider_code, e.units, e.unit_price, e.subsidy, e.self_paid, e.approved_on, e.record_token,
  coalesce(o.link_grade, e.link_grade) as link_grade, e.delivery_id, e.row
from staged.service_event e
join reference.region_county c on c.code = substr(e.region, 1, 6)
left join repeated r on r.person_id = e.person_id and r.record_token = e.record_token
left join work.other_name o on o.person_id = e.person_id and o.name_ordinal = e.name_ordinal
where e.person_id is not null and e.service <> '13'
  and (r.record_token is null or r.first_row = cast(e.period_end as bigint) * 1099511627776 + e.row)
