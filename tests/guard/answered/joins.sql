-- people who have something in another table
select count(distinct person) from micro.person_year join micro.service using (person, year)

-- by a category of either
select p.situation, count(distinct p.person) from micro.person_year p join micro.benefit_month m using (person, year)
where m.benefit = 'MZ12' and m.month = 12 group by p.situation

-- joined in the condition
select p.ability, count(distinct p.person) from micro.person_year p, micro.benefit_month m
where p.person = m.person and p.year = m.year and m.benefit = 'MZ12' and m.month = 6 group by p.ability

-- joined with ON
select p.pension, count(distinct p.person) from micro.person_year p join micro.service s on p.person = s.person and s.year = p.year
where s.service = '02' group by p.pension

-- a category in ON
select count(distinct p.person) from micro.person_year p join micro.service s on p.person = s.person and p.year = s.year and s.service = '02'

-- filtered before they are joined
with served as (select * from micro.service where service = '02'), alone as (select * from micro.person_year where situation = 'alone')
select count(distinct person) from served join alone using (person, year)

-- rows of the one table of events
select p.situation, count(*) from micro.person_year p join micro.benefit_month m using (person, year) where m.benefit = 'MZ12' group by p.situation

-- its money
select p.ability, sum(m.amount) from micro.person_year p join micro.benefit_month m using (person, year) where m.benefit = 'MZ12' group by p.ability

-- its average
select p.situation, avg(s.subsidy) from micro.person_year p join micro.service s using (person, year) group by p.situation

-- people of two tables of events
select m.benefit, s.service, count(distinct person) from micro.benefit_month m join micro.service s using (person, year)
where m.month = 12 and m.benefit in ('MZ01', 'MZ12') group by m.benefit, s.service, m.month

-- three tables
select p.situation, count(distinct p.person) from micro.person_year p join micro.assessment a using (person, year)
join micro.service s on s.person = p.person and s.year = p.year
where a.level = 'severe' and s.service = '02' group by p.situation

-- three tables with conditions for joins
select a.level, count(distinct p.person) from micro.person_year p, micro.assessment a, micro.benefit_month m
where p.person = a.person and a.person = m.person and p.year = a.year and a.year = m.year and m.benefit = 'MZ12' and m.month = 12
group by a.level

-- all four tables
select count(distinct p.person) from micro.person_year p, micro.assessment a, micro.service s, micro.benefit_month m
where p.person = a.person and p.person = s.person and p.person = m.person and p.year = a.year and p.year = s.year and p.year = m.year

-- where the answer of a join comes from
select p.ability, count(distinct person) as n, cell_status(person) as status
from micro.person_year p join micro.service s using (person, year) group by p.ability

-- two answers side by side
select a.county, a.n as persons, b.n as assessed, round(100.0 * b.n / nullif(a.n, 0), 1) as percent
from (select county, count(*) as n from micro.person_year group by county) as a
join (select county, count(*) as n from micro.assessment group by county) as b on a.county = b.county

-- two answers, people without a match kept
select a.county, a.n, b.n from (select county, count(*) as n from micro.person_year group by county) as a
left join (select county, count(distinct person) as n from micro.service where service = '02' group by county) as b using (county)

-- every answer with every other
select a.n - b.n from (select count(*) as n from micro.person_year) as a cross join (select count(*) as n from micro.assessment) as b

-- one table's answer with itself
with n as (select age_band, count(*) as n from micro.person_year group by age_band)
select a.age_band, a.n, b.n from n a join n b on a.age_band > b.age_band

-- an answer and released numbers
select a.county, r.region_name_zh, a.n, r.value from (select county, count(*) as n from micro.person_year group by county) as a
join release.population r on r.region = a.county
where r.sex = 'total' and r.age_band = 'total' and r.urban_rural = 'total' and r.measure = 'persons' and r.year = 2025

-- beds for a thousand who need care
select f.region, f.value as beds, n.severe, round(1000 * f.value / nullif(n.severe, 0)) as beds_for_1000
from release.facilities f join (select county, count(*) as severe from micro.person_year where ability = 'severe' group by county) as n
on n.county = f.region where f.measure = 'beds' and f.type = 'total' and f.ownership = 'total'

-- released numbers where there are answers
select region, value from release.pension r left semi join
(select county from micro.person_year group by county having count(*) > 100) as a on a.county = r.region

-- money of the release and of people
select r.benefit, r.value as released, a.yuan from release.benefit_recipients r
join (select benefit, sum(amount) as yuan from micro.benefit_month group by benefit) as a using (benefit)
where r.region = 'total' and r.sex = 'total' and r.age_band = 'total' and r.urban_rural = 'total' and r.measure = 'amount'
