-- The four old-age rolls in December within one bucket: each roll, their sum, and every person once.
-- schema: work · pass: bucket · kept as: table
-- grain: year, region, roll
with december as (
  select year, region, person_id, benefit, december_amount
  from work.recipient
  where in_december and benefit in ('MZ01', 'MZ02', 'MZ03', 'MZ04')
)
select year, region, benefit as roll, count(*) as persons, cast(sum(december_amount) as decimal(18, 2)) as amount
from december group by year, region, benefit
union all
select year, region, 'sum_of_rolls', count(*), cast(sum(december_amount) as decimal(18, 2)) from december group by year, region
union all
select year, region, 'distinct_persons', count(distinct person_id), cast(sum(december_amount) as decimal(18, 2)) from december group by year, region
