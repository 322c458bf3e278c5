-- Money of services and meals by provider, within one bucket: what work.release_service adds up, by whose it is.
-- schema: work · pass: bucket · kept as: table
-- grain: region, service, category, operator
select s.residence as region, s.service, s.category, coalesce(e.provider_code, 'unknown') as operator,
  sum(e.subsidy) as subsidy, sum(coalesce(e.self_paid, 0)) as self_paid
from work.service_event e
join work.release_year y on y.january <= e.month and e.month <= y.december
join work.release_person p on p.person_id = e.person_id
join work.release_service s on s.person_id = e.person_id and s.service = e.service
where p.death_month is null or e.month <= p.death_month
group by s.residence, s.service, s.category, coalesce(e.provider_code, 'unknown')
