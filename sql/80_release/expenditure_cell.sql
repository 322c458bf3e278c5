-- Expenditure on benefits by level of government: the finest cells. What no row assigns to a level is in the
-- amount alone.
-- schema: release · pass: whole · kept as: table
-- grain: region, benefit
-- privacy: counts of people, not protected; for the release alone
select region, benefit, cast(sum(persons) as bigint) as persons, cast(sum(amount) as decimal(18, 2)) as amount,
  cast(sum(central_amount) as decimal(18, 2)) as central_amount,
  cast(sum(province_amount) as decimal(18, 2)) as province_amount,
  cast(sum(city_amount) as decimal(18, 2)) as city_amount, cast(sum(county_amount) as decimal(18, 2)) as county_amount
from work.expenditure_part group by region, benefit
