-- Assessments among those on assistance: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, scheme, age_band
-- privacy: counts of people, not protected; for the release alone
select region, scheme, age_band, cast(sum(persons) as bigint) as persons, cast(sum(assessed) as bigint) as assessed
from work.ability_coverage_part group by region, scheme, age_band
