-- The monthly visit rate of each group: visited at least once, of those on the register who do not live in an institution.
-- Without every delivery that it rests on it is unknown, not low.
-- schema: hub · pass: whole · kept as: table
-- grain: county, month, hardship
-- privacy: counts of people, not protected; for operators
with whole as (
  select county, month, hardship, bool_and(is_judged) as is_judged, cast(sum(persons) as bigint) as persons,
    cast(sum(visited) as bigint) as visited, cast(sum(excused) as bigint) as excused
  from work.visit_count group by county, month, hardship
)
select county, month, hardship, persons, excused, visited,
  case when is_judged and persons > excused then visited * 10000 / (persons - excused) end as per_10000
from whole
