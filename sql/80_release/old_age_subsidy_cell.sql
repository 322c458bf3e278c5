-- The old-age subsidies in December: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, roll
-- privacy: counts of people, not protected; for the release alone
select region, roll, cast(sum(persons) as bigint) as persons, cast(sum(amount) as decimal(18, 2)) as amount
from work.old_age_subsidy_part group by region, roll
