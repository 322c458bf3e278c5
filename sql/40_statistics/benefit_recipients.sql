-- Recipients of each benefit: persons in December and in the year, person-months and money, by county of residence,
-- sex and age band, with all margins. The amount of MZ05 is the household's and is not in it.
-- schema: statistics · pass: whole · kept as: table
-- grain: year, benefit, region, sex, age_band
-- A benefit whose dataset has not come whole for the year is missing.
-- measures: persons_in_december (person), persons_in_year (person), person_months (person_month), amount (yuan)
-- zh: 各项待遇享受人数、人月数和金额，按常住地、性别、年龄组
with counted as (
  select year, benefit, region, sex, age_band, sum(persons_in_december) as persons_in_december,
    sum(persons_in_year) as persons_in_year, sum(person_months) as person_months, sum(amount) as amount
  from work.recipient_count group by year, benefit, region, sex, age_band
),
cell as (
  select year, benefit, coalesce(region, 'total') as region, coalesce(sex, 'total') as sex,
    coalesce(age_band, 'total') as age_band, sum(persons_in_december) as persons_in_december,
    sum(persons_in_year) as persons_in_year, sum(person_months) as person_months, sum(amount) as amount
  from counted
  group by grouping sets (
    (year, benefit, region, sex, age_band), (year, benefit, region, sex), (year, benefit, region, age_band),
    (year, benefit, region), (year, benefit, sex, age_band), (year, benefit, sex), (year, benefit, age_band), (year, benefit)
  )
),
place as (select distinct year, region from cell),
grid as (
  select place.year, benefit.benefit, benefit.dataset, place.region, sex.sex, band.age_band
  from place cross join reference.benefit benefit cross join reference.sex sex cross join reference.age_band_label band
  where benefit.dataset is not null
)
select grid.year, grid.benefit, grid.region, grid.sex, grid.age_band,
  cast(coalesce(cell.persons_in_december, 0) as bigint) as persons_in_december,
  cast(coalesce(cell.persons_in_year, 0) as bigint) as persons_in_year,
  cast(coalesce(cell.person_months, 0) as bigint) as person_months,
  here.is_complete,
  case when cell.year is null then cast(0 as decimal(18, 2)) else cast(cell.amount as decimal(18, 2)) end as amount
from grid
join reference.dataset_year here on here.dataset = grid.dataset and here.year = grid.year
left join cell on cell.year = grid.year and cell.benefit = grid.benefit and cell.region = grid.region
  and cell.sex = grid.sex and cell.age_band = grid.age_band
