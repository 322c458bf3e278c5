-- The platform's statement beside the events of the same office, provider, service and month: what it bills that no event
-- shows, and what it bills that is not payable (玉泉区 五（二） 「每月按照“呼和浩特市智慧养老平台”自动生成的数据据实拨付」). Nothing is
-- said of a month whose statement the office has not delivered.
-- schema: hub · pass: whole · kept as: table
-- grain: month, place, provider_code, service
-- privacy: no people
with stated as (
  select month, place, provider_code, service, sum(units) as units, sum(amount) as amount
  from staged.platform_statement where amount <> 0 group by month, place, provider_code, service
),
found as (
  select month, place, provider_code, service, sum(units) as units, sum(amount) as amount,
    coalesce(sum(within_rate) filter (where outcome = 'payable'), 0) as payable
  from work.settled group by month, place, provider_code, service
),
beside as (
  select coalesce(s.month, f.month) as month, coalesce(s.place, f.place) as place,
    coalesce(s.provider_code, f.provider_code) as provider_code, coalesce(s.service, f.service) as service,
    s.units as stated_units, s.amount as stated, f.units as event_units, f.amount as found, f.payable
  from stated s
  full join found f on f.month = s.month and f.place = s.place and f.provider_code = s.provider_code
    and f.service = s.service
),
delivered as (select distinct place, period from reference.delivery where dataset = 'platform_statement'),
spoken as (
  select distinct b.place, b.month
  from (select distinct place, month from beside) as b
  join delivered d on d.place = b.place and d.period in (to_char(b.month, '%Y-%m'), to_char(b.month, '%Y'))
)
select b.month, b.place, b.provider_code, b.service, cast(b.stated_units as decimal(18, 4)) as stated_units,
  cast(b.event_units as decimal(18, 4)) as event_units, cast(b.stated as decimal(18, 2)) as stated_amount,
  cast(coalesce(b.found, 0) as decimal(18, 2)) as event_amount, cast(coalesce(b.payable, 0) as decimal(18, 2)) as payable,
  case when spoken.month is not null then cast(coalesce(b.stated, 0) - coalesce(b.found, 0) as decimal(18, 2)) end
    as beyond_events,
  case when spoken.month is not null then cast(coalesce(b.stated, 0) - coalesce(b.payable, 0) as decimal(18, 2)) end
    as beyond_payable,
  case
    when b.stated is null and spoken.month is null then 'no_statement'
    when b.stated is null then 'only_events'
    when b.found is null then 'only_statement'
    when b.stated <> b.found or b.stated_units <> b.event_units then 'differs'
    when b.stated <> b.payable then 'not_payable'
    else 'equal'
  end as finding
from beside b
left join spoken on spoken.place = b.place and spoken.month = b.month
