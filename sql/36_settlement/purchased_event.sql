-- Service events with a subsidy, each once, and the programme that buys them: home service for categories H (玉泉区 三（一）),
-- meals for categories M (三（二）). Visits (13) are nobody's to settle. Who is served at the market is in no programme and
-- gets no subsidy (四（一）4 「“六类人群”和市场化服务人群分类建档」): such money is seen here and never payable.
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per event)
with repeated as (
  select person_id, record_token, min(cast(period_end as bigint) * 1099511627776 + row) as first_row
  from staged.service_event where person_id is not null
  group by person_id, record_token
  having count(*) > 1
)
select e.person_id, cast(date_trunc('month', to_timestamp_seconds(e.started_at)) as date) as month, e.place, c.county, e.provider_code,
  case substr(e.category, 1, 1) when 'H' then 'MZ11' when 'M' then 'MZ12' end as benefit,
  e.service, e.units, e.subsidy,
  -- 据实拨付: what the government and the person pay together is units times price.
  cast(e.units * e.unit_price as decimal(18, 2)) <> e.subsidy + coalesce(e.self_paid, 0) as is_misstated,
  e.delivery_id, e.row
from staged.service_event e
join reference.region_county c on c.code = substr(e.region, 1, 6)
left join repeated r on r.person_id = e.person_id and r.record_token = e.record_token
where e.person_id is not null and e.service <> '13' and e.subsidy <> 0
  and (r.record_token is null or r.first_row = cast(e.period_end as bigint) * 1099511627776 + e.row)
