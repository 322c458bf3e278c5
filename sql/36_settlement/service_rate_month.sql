-- What a unit of a service costs at most where and when it was delivered; the row of the nearest place counts.
-- The project list with the rates (呼民政发〔2021〕68号) is no document at hand: without rows nothing is cut.
-- schema: work · pass: bucket · kept as: memory
-- grain: county, month, service
with needed as (select distinct county, month, service from work.purchased_event),
ranked as (
  select n.county, n.month, n.service, cast(r.unit_price as decimal(18, 2)) as unit_price,
    row_number() over (
      partition by n.county, n.month, n.service order by length(r.place) desc, cast(r.unit_price as decimal(18, 2)) desc
    ) as choice
  from needed n
  join reference.service_rate r on r.service = n.service and starts_with(n.county, r.place)
    and r.from_month <= n.month and n.month < r.until_month
)
select county, month, service, unit_price from ranked where choice = 1
