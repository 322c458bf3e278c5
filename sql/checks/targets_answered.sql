-- Every target stands in the table of targets for each of its deadlines, with an indicator that is computed or with the name of
-- what is missing; none is lost because an indicator has no model.
-- seen: targets and deadlines · bad: those without a row, and rows with both a number and something missing
with asked as (
  select t.target_id, d.deadline
  from reference.target t join reference.target_deadline d on d.target_id = t.target_id
),
found as (
  select target_id, deadline, count(*) filter (where missing is not null and value is not null) as both
  from hub.kpi group by target_id, deadline
)
select count(*) as seen, (select count(*) from asked) as must_see,
  count(*) filter (where f.target_id is null or f.both > 0) as bad
from asked a left join found f on f.target_id = a.target_id and f.deadline = a.deadline
