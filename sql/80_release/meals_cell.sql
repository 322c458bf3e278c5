-- Meals of older people: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, category
-- privacy: counts of people, not protected; for the release alone
select region, category, cast(sum(persons) as bigint) as persons, cast(sum(orders) as bigint) as orders,
  cast(sum(meals) as bigint) as meals, cast(sum(subsidy) as decimal(18, 2)) as subsidy,
  cast(sum(self_paid) as decimal(18, 2)) as self_paid
from work.meals_part group by region, category
