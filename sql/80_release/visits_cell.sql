-- Visits to older people in hardship by month: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, hardship, month
-- privacy: counts of people, not protected; for the release alone
select region, hardship, month, cast(sum(persons) as bigint) as persons, cast(sum(visited) as bigint) as visited,
  cast(sum(visits) as bigint) as visits
from work.visits_part group by region, hardship, month
