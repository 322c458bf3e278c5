-- What each person was served in a month by a provider, and what speaks against paying for it.
-- Of one event the first outcome counts: no programme, not eligible, barred by a violation. `is_proven` says whether the rows
-- of all departments show a category of the programme in that month, whatever the event says.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id, month, place, county, provider_code, benefit, service, outcome, is_proven
with off as (select distinct delivery_id, row from hub.settlement_finding where severity = 'violation'),
judged as (
  select e.*, rate.unit_price as rate, coalesce(basis.is_proven, false) as is_proven,
    case
      when e.benefit is null then 'no_programme'
      when not basis.is_eligible then 'not_eligible'
      when basis.is_barred or off.row is not null then 'barred'
      else 'payable'
    end as outcome
  from work.purchased_event e
  left join work.service_basis basis on basis.person_id = e.person_id and basis.benefit = e.benefit and basis.month = e.month
  left join off on off.delivery_id = e.delivery_id and off.row = e.row
  left join work.service_rate_month rate on rate.county = e.county and rate.month = e.month and rate.service = e.service
)
select person_id, month, place, county, provider_code, benefit, service, outcome, is_proven, count(*) as events,
  cast(sum(units) as decimal(18, 4)) as units, cast(sum(subsidy) as decimal(18, 2)) as amount,
  cast(sum(least(subsidy, coalesce(cast(units * rate as decimal(18, 2)), subsidy))) as decimal(18, 2)) as within_rate,
  count(*) filter (where is_misstated) as misstated
from judged
group by person_id, month, place, county, provider_code, benefit, service, outcome, is_proven
