-- How many of each group were on the register and visited in each month, within one bucket; `any` counts a person once.
-- schema: work · pass: bucket · kept as: table
-- grain: county, month, hardship
with counted as (
  select county, month, month_no, hardship, is_visited, is_excused from work.hardship_month
  union all
  select county, month, month_no, 'any', bool_or(is_visited), bool_or(is_excused)
  from work.hardship_month group by person_id, county, month, month_no
)
select c.county, c.month, c.hardship, judged.county is not null as is_judged, count(*) as persons,
  sum(case when c.is_visited then 1 else 0 end) as visited, sum(case when c.is_excused then 1 else 0 end) as excused
from counted c
left join work.visit_judged judged on judged.county = c.county and judged.month_no = c.month_no
group by c.county, c.month, c.hardship, judged.county
