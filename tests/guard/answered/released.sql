-- the older population of every place, as it was published
select region, region_name_zh, value, status from release.population
where year = 2025 and sex = 'total' and age_band = 'total' and urban_rural = 'total' and measure = 'persons' order by region

-- a table over all years
select year, value from release.population
where region = 'total' and sex = 'total' and age_band = 'total' and urban_rural = 'total' and measure = 'persons' order by year

-- change from the year before
select year, value, value - lag(value) over (order by year) as change from release.pension
where region = 'total' and scheme = 'total' and sex = 'total' and measure = 'persons'

-- how many numbers are withheld
select status, count(*) as cells from release.benefit_recipients group by status order by status

-- withheld numbers by table
select 'population' as name, count(*) filter (where status = 'suppressed') as withheld from release.population
union all select 'pension', count(*) filter (where status = 'suppressed') from release.pension

-- counties in order of size
select region, value, rank() over (order by value desc) as at from release.population
where year = 2025 and region_level = 'county' and sex = 'total' and age_band = 'total' and urban_rural = 'total' and value is not null

-- men for a hundred women
select m.region, round(100 * m.value / w.value, 1) as men_for_100_women
from release.population m join release.population w using (year, region, age_band, urban_rural, measure)
where m.sex = '1' and w.sex = '2' and m.age_band = 'total' and m.urban_rural = 'total' and w.value > 0

-- services and their money
select service, max(value) filter (where measure = 'orders') as orders, max(value) filter (where measure = 'subsidy') as subsidy
from release.services where region = 'total' and category = 'total' group by service order by service

-- money of a benefit for each recipient and month
select a.region, round(a.value / m.value, 2) as yuan from release.benefit_recipients a
join release.benefit_recipients m using (year, region, benefit, sex, age_band, urban_rural)
where a.measure = 'amount' and m.measure = 'person_months' and m.value > 0
and a.benefit = 'MZ12' and a.sex = 'total' and a.age_band = 'total' and a.urban_rural = 'total'

-- targets and where they stand
select target, region, measure, value, status from release.kpi order by target, region limit 50

-- a median of published numbers
select median(value) from release.population where region_level = 'county' and sex = 'total' and status = 'published'

-- any function over published numbers
select stddev(value), min(value), max(value), approx_distinct(region) from release.facilities

-- rollup of published numbers
select region_level, status, count(*) from release.population group by rollup (region_level, status)

-- free conditions on published numbers
select region, value from release.population where value between 100 and 500 and region not like '%other' and sex <> 'total'

-- cells that were published in one table and not in another
select region from release.pension where status = 'published' and scheme = 'total' and sex = 'total'
except select region from release.disability where status = 'published' and grade = 'total' and age_band = 'total'

-- the default schema is that of the releases
select count(*) from population

-- no value is never zero
select region, coalesce(cast(value as varchar), '*') as shown from release.disability where grade = 'total' and age_band = 'total'

-- a series for a calendar
select month, max(value) as visited from release.visits where region = 'total' and measure = 'visited' group by month order by month

-- visits by hardship
select hardship, value, status from release.visits where region = 'total' and month = '12' and measure = 'rate'
