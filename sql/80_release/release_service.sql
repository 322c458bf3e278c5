-- What each person of the release was served in the year, by service; the category is that of the last event. Nothing after
-- the month of death; visits are not services here. Only rows with an ID number.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, service
select p.person_id, p.residence, e.service,
  coalesce(last_value(e.category order by e.started_at, e.delivery_id, e.row), 'none') as category, count(*) as orders,
  sum(e.units) as units, sum(cast(e.ended_at as bigint) - cast(e.started_at as bigint)) as seconds,
  sum(e.subsidy) as subsidy, sum(coalesce(e.self_paid, 0)) as self_paid
from work.service_event e
join work.release_year y on y.january <= e.month and e.month <= y.december
join work.release_person p on p.person_id = e.person_id
where p.death_month is null or e.month <= p.death_month
group by p.person_id, p.residence, e.service
