-- Money of meals by provider: whose the amounts of meals_cell are.
-- schema: release · pass: whole · kept as: table
-- grain: region, category, operator
-- privacy: amounts of single providers, not protected; for the release alone
select region, category, operator, cast(sum(subsidy) as decimal(18, 2)) as subsidy,
  cast(sum(self_paid) as decimal(18, 2)) as self_paid
from work.services_operator_part where service = '01'
group by region, category, operator
