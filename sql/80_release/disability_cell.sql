-- Older people with a disability certificate and the two allowances: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, category, grade, age_band, living_allowance, nursing_allowance
-- privacy: counts of people, not protected; for the release alone
select region, category, grade, age_band, living_allowance, nursing_allowance, cast(sum(persons) as bigint) as persons
from work.disability_part group by region, category, grade, age_band, living_allowance, nursing_allowance
