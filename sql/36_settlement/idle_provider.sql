-- Providers of home service without a single subsidised event in a month (玉泉区 四（四） 「对于无故未开展政府购买养老服务的企业,
-- …严格落实企业退出机制」): open the whole month, in a place whose events of the month are delivered and where a programme
-- is paid for. `last_served` is the last month before it with an event. Why there was none is for people to ask.
-- schema: hub · pass: whole · kept as: table
-- grain: month, county, provider_code
-- privacy: no people
with event_month as (select distinct month, county, provider_code from work.settled),
delivered_month as (
  select d.month, place.county
  from (
    select distinct place as office, period, try_cast(period || '-01' as date) as month
    from reference.delivery where dataset = 'service_event' and length(period) = 7
  ) as d
  join (select distinct county from event_month) as place on starts_with(place.county, d.office)
),
facility as (
  select f.facility_code as provider_code, c.county, min(f.opened_on) as opened_on,
    case when bool_or(f.closed_on is null) then null else max(f.closed_on) end as closed_on
  from staged.facility f join reference.region_county c on c.code = substr(f.region, 1, 6)
  where f.home_service
  group by f.facility_code, c.county
),
programme as (select distinct place, from_month, until_month from reference.funding_share),
due as (
  select distinct m.month, m.county, f.provider_code
  from delivered_month m
  join facility f on f.county = m.county and f.opened_on <= m.month
    and coalesce(f.closed_on, m.month + interval '1 month') >= m.month + interval '1 month'
  join programme p on starts_with(m.county, p.place) and p.from_month <= m.month and m.month < p.until_month
)
select due.month, due.county, due.provider_code, max(earlier.month) as last_served
from due
left join event_month here on here.month = due.month and here.county = due.county and here.provider_code = due.provider_code
left join event_month earlier on earlier.county = due.county and earlier.provider_code = due.provider_code
  and earlier.month < due.month
where here.month is null
group by due.month, due.county, due.provider_code
