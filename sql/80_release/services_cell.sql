-- Services to older people: the finest cells. Hours are given in minutes.
-- schema: release · pass: whole · kept as: table
-- grain: region, service, category
-- privacy: counts of people, not protected; for the release alone
select region, service, category, cast(sum(persons) as bigint) as persons, cast(sum(orders) as bigint) as orders,
  cast(sum(minutes) as bigint) as hours, cast(sum(subsidy) as decimal(18, 2)) as subsidy,
  cast(sum(self_paid) as decimal(18, 2)) as self_paid
from work.services_part group by region, service, category
