-- How many of those on subsistence allowance and of the destitute, 60 and older, have an assessment in force (伊金霍洛旗 2
-- 「全旗60周岁以上低保、特困供养人员能力综合评估及失能评估」). By hukou county.
-- schema: hub · pass: whole · kept as: table
-- grain: county, month, circumstance
-- privacy: counts of people, not protected; for operators
select county, month, circumstance, cast(sum(persons) as bigint) as persons, cast(sum(assessed) as bigint) as assessed,
  cast(sum(assessed) as bigint) * 10000 / cast(sum(persons) as bigint) as per_10000
from work.assessment_count
group by county, month, circumstance
