-- The old-age subsidies in December: each roll, the sum of the rolls as national bulletins give it, and every person once.
-- schema: statistics · pass: whole · kept as: table
-- grain: year, region, roll
-- measures: persons (person), amount (yuan)
-- zh: 老年人补贴（12月）：分项、各项合计人次（sum_of_rolls）和去重人数（distinct_persons），按常住地
with counted as (
  select year, region, roll, sum(persons) as persons, sum(amount) as amount
  from work.old_age_count group by year, region, roll
),
cell as (
  select year, coalesce(region, 'total') as region, roll, sum(persons) as persons, sum(amount) as amount
  from counted group by grouping sets ((year, region, roll), (year, roll))
),
place as (select distinct year, region from cell),
grid as (
  select place.year, place.region, roll.roll from place cross join reference.old_age_roll roll
)
select grid.year, grid.region, grid.roll, cast(coalesce(cell.persons, 0) as bigint) as persons,
  cast(coalesce(cell.amount, 0) as decimal(18, 2)) as amount, here.is_complete
from grid
join reference.dataset_year here on here.dataset = 'benefit_payment' and here.year = grid.year
left join cell on cell.year = grid.year and cell.region = grid.region and cell.roll = grid.roll
