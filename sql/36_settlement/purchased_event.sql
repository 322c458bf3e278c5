-- Service events with a subsidy and the programme that buys them: home service for categories H (玉泉区 三（一）), meals for
-- categories M (三（二）). Who is served at the market is in no programme and gets no subsidy (四（一）4 「“六类人群”和市场化
-- 服务人群分类建档」): such money is seen here and never payable.
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per event)
select person_id, month, place, county, provider_code,
  case substr(category, 1, 1) when 'H' then 'MZ11' when 'M' then 'MZ12' end as benefit, service, units, subsidy,
  -- 据实拨付: what the government and the person pay together is units times price.
  cast(units * unit_price as decimal(18, 2)) <> subsidy + coalesce(self_paid, 0) as is_misstated,
  delivery_id, row
from work.service_event
where subsidy <> 0
