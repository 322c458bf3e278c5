-- The events of all people put together, by what becomes of their money. A flag of severity violation takes the months of
-- the benefit that it bars off, unless every office that was asked has dismissed it. Nobody knows who was served in an
-- event without a valid ID number: such money is set apart, not paid.
-- schema: work · pass: whole · kept as: table
-- grain: month, place, county, provider_code, benefit, service, outcome, is_proven
with bar as (
  select person_id, case barred when 'left' then left_benefit else right_benefit end as benefit, from_month, until_month
  from hub.overlap
  where severity = 'violation' and barred is not null and status <> 'dismissed'
),
barred as (
  select distinct s.person_id, s.benefit, s.month
  from work.served_month s
  join bar on bar.person_id = s.person_id and bar.benefit = s.benefit
    and bar.from_month <= s.month and s.month <= bar.until_month
),
known as (
  select s.month, s.place, s.county, s.provider_code, s.benefit, s.service,
    case when s.outcome = 'payable' and barred.person_id is not null then 'barred' else s.outcome end as outcome,
    s.is_proven, s.events, s.units, s.amount, s.within_rate, s.misstated
  from work.served_month s
  left join barred on barred.person_id = s.person_id and barred.benefit = s.benefit and barred.month = s.month
  union all
  select cast(date_trunc('month', to_timestamp_seconds(e.started_at)) as date), e.place, c.county, e.provider_code,
    case substr(e.category, 1, 1) when 'H' then 'MZ11' when 'M' then 'MZ12' end, e.service, 'unidentified', false, 1, e.units,
    e.subsidy, e.subsidy as within_rate, 0
  from unnumbered.service_event e join reference.region_county c on c.code = substr(e.region, 1, 6)
  where e.service <> '13' and e.subsidy <> 0
)
select month, place, county, provider_code, benefit, service, outcome, is_proven, cast(sum(events) as bigint) as events,
  cast(sum(units) as decimal(18, 4)) as units, cast(sum(amount) as decimal(18, 2)) as amount,
  cast(sum(within_rate) as decimal(18, 2)) as within_rate, cast(sum(misstated) as bigint) as misstated
from known
group by month, place, county, provider_code, benefit, service, outcome, is_proven
