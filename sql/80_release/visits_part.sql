-- The hardship register and its visits by month, without who lives in an institution, within one bucket; every person once
-- beside the groups.
-- schema: work · pass: bucket · kept as: table
-- grain: region, hardship, month
with member as (
  select h.person_id, p.residence, h.hardship, to_char(h.month, '%m') as month, h.visits
  from work.release_hardship_month h join work.release_person p on p.person_id = h.person_id
  where not h.is_resident
),
each as (
  select person_id, residence, hardship, month, visits from member
  union all
  select person_id, residence, 'distinct_persons', month, max(visits) from member group by person_id, residence, month
)
select residence as region, hardship, month, count(*) as persons, count(*) filter (where visits > 0) as visited,
  sum(visits) as visits
from each group by residence, hardship, month
