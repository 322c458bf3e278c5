-- Everybody of the hardship register in each month, and whether they were visited; who lives in an institution is excused.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, month_no, hardship
with member as (
  select distinct h.person_id, h.hardship, h.county, month.month, month.month_no
  from hub.hardship h
  join reference.month month on h.from_month <= month.month and month.month <= h.until_month
),
excuse as (select bit_or(not_visited_unless) as mask from reference.hardship_group),
seen as (
  select c.person_id, month.month_no, bool_or(c.circumstance = 'visited') as is_visited
  from work.circumstance c
  join reference.circumstance k on k.circumstance = c.circumstance
  cross join excuse
  join reference.month month on month.month_no >= c.from_no and month.month_no < c.until_no
  where (k.mask & excuse.mask) <> 0
  group by c.person_id, month.month_no
)
select m.person_id, m.hardship, m.county, m.month, m.month_no, coalesce(seen.is_visited, false) as is_visited,
  seen.person_id is not null and not seen.is_visited as is_excused
from member m left join seen on seen.person_id = m.person_id and seen.month_no = m.month_no
