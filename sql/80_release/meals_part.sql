-- Meals by category, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: region, category
select residence as region, category, count(*) as persons, sum(orders) as orders, sum(units) as meals,
  sum(subsidy) as subsidy, sum(self_paid) as self_paid
from work.release_service where service = '01'
group by residence, category
