-- one category
select count(*) from micro.person_year where sex = '1'

-- a category first
select count(*) from micro.person_year where '1' = sex

-- a list
select count(*) from micro.person_year where county in ('150102', '150103')

-- alternatives of one column
select count(*) from micro.person_year where ability = 'moderate' or ability = 'severe'

-- alternatives in brackets
select count(*) from micro.person_year where (ability = 'moderate' or ability in ('mild', 'severe')) and sex = '2'

-- several columns
select count(*) from micro.person_year where sex = '2' and age_group = '80+' and situation = 'alone'

-- four dimensions, two as groups
select county, pension, count(*) from micro.person_year where sex = '2' and situation = 'alone' group by county, pension

-- a coarse level
select count(*) from micro.person_year where age_group in ('70-79', '80+')

-- two levels of one dimension
select age_band, count(*) from micro.person_year where age_group = '80+' group by age_band

-- all fine categories of a coarse one
select count(*) from micro.person_year where age_band in ('60-64', '65-69')

-- fine categories, coarse groups
select age_group, count(*) from micro.person_year where age_band in ('60-64', '65-69', '70-74') group by age_group

-- all categories
select count(*) from micro.person_year where sex in ('1', '2', 'unknown')

-- a category twice
select count(*) from micro.person_year where sex = '1' and sex in ('1', '2')

-- categories that exclude each other: nobody
select count(*) from micro.person_year where sex = '1' and sex = '2'

-- the year as text
select count(*) from micro.person_year where year = '2025'

-- years in a list, one of them unknown
select count(*) from micro.person_year where year in (2024, 2025)

-- a typed literal
select count(*) from micro.person_year where sex = cast('1' as varchar)

-- a literal with its type after it
select count(*) from micro.person_year where sex = '1'::text and year = 2025::int

-- a month
select count(distinct person) from micro.benefit_month where month = 12 and benefit = 'MZ12'

-- a month as text
select sum(amount) from micro.benefit_month where month = '12' and benefit = 'MZ12'

-- filters one upon the other
select count(*) from (select * from micro.person_year where sex = '1') as men where age_group = '80+'

-- FILTER
select count(*) as persons, count(*) filter (where sex = '2') as women from micro.person_year

-- FILTER in groups
select county, count(*) filter (where age_group = '80+') as old, count(*) from micro.person_year group by county

-- FILTER with a list
select count(distinct person) filter (where ability in ('moderate', 'severe')) from micro.person_year

-- FILTER beside a filter
select count(*) filter (where sex = '1') from micro.person_year where age_group = '80+'

-- FILTER of money
select sum(amount) filter (where month = 1) as january, sum(amount) filter (where month = 12) as december
from micro.benefit_month where benefit = 'MZ12'

-- FILTER with two columns
select count(*) filter (where sex = '1' and urban_rural = 'rural') from micro.person_year

-- groups that are asked for
select sex, age_group, count(*) from micro.person_year where sex in ('1', '2') and age_group in ('70-79', '80+') group by 1, 2

-- HAVING on an answer
select county, count(*) from micro.person_year group by county having count(*) > 1000

-- HAVING on another answer
select county from micro.person_year group by county having count(distinct person) is not null

-- HAVING on a group
select county, count(*) from micro.person_year group by county having county <> 'unknown'

-- ORDER BY an answer
select county, count(*) as n from micro.person_year group by county order by n desc nulls last

-- ORDER BY an answer that is not shown
select county from micro.person_year group by county order by count(*) desc

-- LIMIT on answers
select county, count(*) as n from micro.person_year group by county order by n desc nulls last limit 3

-- OFFSET on answers
select county, count(*) as n from micro.person_year group by county order by county limit 3 offset 2
