-- Services but meals by service and category, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: region, service, category
select residence as region, service, category, count(*) as persons, sum(orders) as orders, sum(seconds) / 60 as minutes,
  sum(subsidy) as subsidy, sum(self_paid) as self_paid
from work.release_service where service <> '01'
group by residence, service, category
