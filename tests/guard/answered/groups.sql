-- everybody
select count(distinct person) from micro.person_year

-- everybody, counted by rows
select count(*) from micro.person_year where year = 2025

-- rows of a column
select count(person) as a, count(sex) as b, count(1) as c from micro.person_year

-- one dimension
select sex, count(distinct person) from micro.person_year where year = 2025 group by sex

-- counties
select county, count(distinct person) as persons from micro.person_year group by county order by county

-- age bands
select age_band, count(*) from micro.person_year group by age_band order by age_band

-- coarser ages
select age_group, count(*) from micro.person_year group by age_group

-- both levels of age
select age_group, age_band, count(*) from micro.person_year group by age_group, age_band

-- town and country
select urban_rural, count(*) from micro.person_year group by urban_rural

-- who lives with whom
select situation, count(*) from micro.person_year group by situation

-- ability of all who were counted
select ability, count(*) from micro.person_year group by ability

-- grades of disability
select disability_grade, count(*) from micro.person_year group by disability_grade

-- pensions
select pension, count(*) from micro.person_year group by pension

-- benefits in December
select benefits_held, count(*) from micro.person_year group by benefits_held

-- two dimensions
select county, age_group, count(*) from micro.person_year group by county, age_group

-- three dimensions
select county, sex, ability, count(*) from micro.person_year group by county, sex, ability

-- four dimensions
select county, age_group, situation, pension, count(*) from micro.person_year group by 1, 2, 3, 4

-- years
select year, count(*) from micro.person_year group by year

-- years and a dimension
select year, sex, count(*) from micro.person_year group by year, sex

-- groups that are not shown
select count(*) from micro.person_year group by county

-- a group alone
select age_band from micro.person_year group by age_band

-- groups by position
select sex, age_group, count(*) as n from micro.person_year group by 1, 2 order by 3 desc nulls last

-- groups by their alias
select county as place, count(*) from micro.person_year group by place

-- levels of ability of those who were assessed
select standard, level, count(distinct person) from micro.assessment group by standard, level

-- levels together: everybody has one
select count(distinct person) from micro.assessment where level in ('moderate', 'severe')

-- recipients of a benefit
select benefit, count(distinct person) from micro.benefit_month group by benefit

-- recipients by month
select month, count(distinct person) from micro.benefit_month where benefit = 'MZ12' group by month order by month

-- person-months
select benefit, count(*) from micro.benefit_month group by benefit

-- person-months of several benefits and months
select count(*) from micro.benefit_month where benefit in ('MZ01', 'MZ12') and month in (10, 11, 12)

-- money
select benefit, sum(amount) from micro.benefit_month group by benefit

-- money by county and month
select county, month, sum(amount) from micro.benefit_month where benefit = 'MZ12' group by county, month

-- an average amount
select sex, avg(amount) from micro.benefit_month where benefit = 'MZ12' group by sex

-- rows that have money
select benefit, count(amount) from micro.benefit_month group by benefit

-- an order that changes nothing
select count(*) from (select person from micro.person_year order by person) as ordered

-- services
select service, count(distinct person), sum(orders), sum(subsidy), sum(self_paid) from micro.service group by service

-- minutes
select service, sum(minutes), avg(minutes) from micro.service group by service

-- categories of the served
select category, service, count(distinct person) from micro.service group by category, service
