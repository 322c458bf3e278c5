-- The four old-age rolls in December, and every person of them once, within one bucket. The sum of the rolls is that of
-- the four, as national bulletins give it; the different people have no money of their own.
-- schema: work · pass: bucket · kept as: table
-- grain: region, roll
with december as (
  select residence, person_id, benefit, december_amount from work.release_recipient
  where in_december and benefit in ('MZ01', 'MZ02', 'MZ03', 'MZ04')
)
select residence as region, benefit as roll, count(*) as persons, cast(sum(december_amount) as decimal(18, 2)) as amount
from december group by residence, benefit
union all
select residence, 'sum_of_rolls', count(*), cast(sum(december_amount) as decimal(18, 2)) from december group by residence
union all
select residence, 'distinct_persons', count(distinct person_id), cast(null as decimal(18, 2))
from december group by residence
