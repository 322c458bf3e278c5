-- How many of those on subsistence allowance and of the destitute, 60 and older, have an assessment in force (伊金霍洛旗 2
-- 「全旗60周岁以上低保、特困供养人员能力综合评估及失能评估」). By hukou county. Where the roll or a delivery of assessments of
-- the year before is missing the rate is unknown, not low.
-- schema: hub · pass: whole · kept as: table
-- grain: county, month, circumstance
-- privacy: counts of people, not protected; for operators
with whole as (
  select county, month, circumstance, cast(sum(persons) as bigint) as persons, cast(sum(assessed) as bigint) as assessed
  from work.assessment_count group by county, month, circumstance
),
state as (
  select here.county, month.month,
    bool_and(v.is_complete) and bool_or(v.dataset = 'ability_assessment' and v.month_no = month.month_no) as is_judged
  from (select distinct county from whole) here
  join reference.coverage v on starts_with(here.county, v.place)
    and v.dataset in ('assistance_roll', 'ability_assessment', 'ltci_assessment')
  join reference.month month on v.month_no <= month.month_no
    and v.month_no >= month.month_no - case when v.is_events then 12 else 0 end
  group by here.county, month.month
)
select whole.county, whole.month, whole.circumstance, whole.persons, whole.assessed,
  case when state.is_judged then whole.assessed * 10000 / whole.persons end as per_10000
from whole left join state on state.county = whole.county and state.month = whole.month
