-- What the levels pay adds up to what is payable, to the fen, of every provider and so of every month; and nothing that was
-- delivered is lost between the outcomes.
-- seen: settlements · bad: those whose shares or outcomes do not add up, and months whose events are not all in them
with row_of as (
  select count(*) as seen,
    count(*) filter (
      where province_share + city_share + county_share <> payable
        or amount <> payable + over_rate + barred_amount + ineligible_amount + unidentified_amount
    ) as bad
  from hub.settlement
),
found as (select month, sum(amount) as amount, sum(events) as events from hub.settlement group by month),
event as (
  select month, sum(amount) as amount, sum(events) as events from (
    select month, amount, events from work.served_month
    union all
    select cast(date_trunc('month', to_timestamp_seconds(e.started_at)) as date), e.subsidy, 1
    from unnumbered.service_event e join reference.region_county c on c.code = substr(e.region, 1, 6)
    where e.service <> '13' and e.subsidy <> 0
  ) as part
  group by month
),
month_of as (
  select count(*) filter (
    where f.month is null or e.month is null or f.amount <> e.amount or f.events <> e.events
  ) as bad
  from found f full join event e on e.month = f.month
)
select row_of.seen, (select count(*) from (select distinct month, county, provider_code, benefit from work.settled) as once)
  as must_see, row_of.bad + month_of.bad as bad
from row_of cross join month_of
