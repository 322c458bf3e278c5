-- Who of the hardship register was not visited in the last month that can be judged (聊城市 三（二）
-- 「特殊困难老年人月探访率达到100%」).
-- schema: hub · pass: bucket · kept as: table
-- grain: person_id
-- privacy: pseudonymous, sensitive
with latest as (select county, max(month_no) as month_no from work.visit_judged group by county)
select m.person_id, m.month, m.county, count(*) as hardships
from work.hardship_month m
join latest on latest.county = m.county and latest.month_no = m.month_no
where not m.is_visited and not m.is_excused
group by m.person_id, m.month, m.county
