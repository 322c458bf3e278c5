-- People of 60 and older alive on 31 December, by county of residence and of hukou, sex and age band, with all margins.
-- schema: statistics · pass: whole · kept as: table
-- grain: year, base, region, sex, age_band
-- Without the whole register of the year the numbers are missing.
-- measures: persons (person)
-- zh: 六十周岁及以上老年人口（12月31日24时），按常住地和户籍地、性别、年龄组
with counted as (
  select year, base, region, sex, age_band, sum(persons) as persons
  from work.population_count group by year, base, region, sex, age_band
),
cell as (
  select year, base, coalesce(region, 'total') as region, coalesce(sex, 'total') as sex,
    coalesce(age_band, 'total') as age_band, sum(persons) as persons
  from counted
  group by grouping sets (
    (year, base, region, sex, age_band), (year, base, region, sex), (year, base, region, age_band), (year, base, region),
    (year, base, sex, age_band), (year, base, sex), (year, base, age_band), (year, base)
  )
),
place as (select distinct year, base, region from cell),
grid as (
  select place.year, place.base, place.region, sex.sex, band.age_band
  from place cross join reference.sex sex cross join reference.age_band_label band
)
select grid.year, grid.base, grid.region, grid.sex, grid.age_band, cast(coalesce(cell.persons, 0) as bigint) as persons,
  here.is_complete
from grid
join reference.dataset_year here on here.dataset = 'elder_register' and here.year = grid.year
left join cell on cell.year = grid.year and cell.base = grid.base and cell.region = grid.region
  and cell.sex = grid.sex and cell.age_band = grid.age_band
