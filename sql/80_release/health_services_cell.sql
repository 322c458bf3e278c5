-- Family doctors and health checks: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, age_group, age_band
-- privacy: counts of people, not protected; for the release alone
select region, age_group, age_band, cast(sum(persons) as bigint) as persons, cast(sum(contracted) as bigint) as contracted,
  cast(sum(checked) as bigint) as checked
from work.health_services_part group by region, age_group, age_band
