-- a share
select count(*) filter (where sex = '2') * 100.0 / count(*) as percent from micro.person_year

-- shares within counties
select county, round(100.0 * count(*) filter (where age_group = '80+') / nullif(count(*), 0), 1) as percent_80
from micro.person_year group by county

-- arithmetic
select count(*) + 1, count(*) / 2, -count(*), abs(count(*)) from micro.person_year

-- a cast
select cast(count(*) as varchar) || ' people' from micro.person_year

-- CASE on answers
select county, case when count(*) is null then '*' when count(*) > 4000 then 'large' else 'small' end from micro.person_year group by county

-- coalesce on answers
select age_band, coalesce(cast(count(*) as varchar), '*') as shown from micro.person_year group by age_band

-- an answer with where it comes from
select age_band, count(distinct person) as persons, cell_status(person) as status from micro.person_year group by age_band

-- money with where it comes from
select benefit, sum(amount) as yuan, cell_status(amount) as status from micro.benefit_month group by benefit

-- measures of services with where they come from
select service, sum(self_paid), cell_status(self_paid), sum(minutes), cell_status(minutes) from micro.service group by service

-- estimates alone
select ability, n from (select ability, count(*) as n, cell_status(person) as status from micro.person_year group by ability) as a
where status = 'estimated'

-- sums of answers
select sum(n) from (select county, count(*) as n from micro.person_year group by county) as a

-- the largest of answers
select max(n), min(n), avg(n), stddev(n), median(n) from (select county, count(*) as n from micro.person_year group by county) as a

-- a window on answers
select county, n, n * 1.0 / sum(n) over () as share, rank() over (order by n desc) as at
from (select county, count(*) as n from micro.person_year group by county) as a where n is not null

-- a window directly on an aggregate
select age_band, count(*) as n, sum(count(*)) over (order by age_band) as up_to from micro.person_year group by age_band

-- free conditions on answers
select * from (select county, age_group, count(*) as n from micro.person_year group by 1, 2) as a where n between 100 and 900 and county <> '150102'

-- different answers
select distinct status from (select cell_status(person) as status from micro.person_year group by county, ability) as a

-- answers in a list
select string_agg(county, ', ' order by county) from (select county, count(*) as n from micro.person_year group by county) as a where n > 0

-- coarser by the asker
select substr(age_band, 1, 1) as decade, sum(n) from (select age_band, count(*) as n from micro.person_year group by age_band) as a group by 1

-- rollup on answers
select county, sex, sum(n) from (select county, sex, count(*) as n from micro.person_year group by county, sex) as a group by rollup (county, sex)

-- a table expression
with by_county as (select county, count(*) as n from micro.person_year group by county)
select * from by_county where n > (select avg(n) from by_county)

-- several table expressions
with a as (select county, count(*) as n from micro.person_year where sex = '1' group by county),
b as (select county, count(*) as n from micro.person_year where sex = '2' group by county)
select county, a.n as men, b.n as women, round(100.0 * a.n / nullif(b.n, 0), 1) as men_for_100_women from a join b using (county)

-- table expressions over rows that are counted later
with women as (select * from micro.person_year where sex = '2'), old as (select * from women where age_group = '80+')
select county, count(*) from old group by county

-- columns renamed before they are counted
select place, count(who) from (select county as place, person as who from micro.person_year) as p group by place

-- an answer beside an answer
select (select count(*) from micro.person_year where sex = '1') as men, (select count(*) from micro.person_year where sex = '2') as women

-- answers one below the other
select 'men' as who, count(*) as n from micro.person_year where sex = '1'
union all select 'women', count(*) from micro.person_year where sex = '2'

-- answers in both
select county from micro.person_year group by county having count(*) > 4000
intersect select county from micro.service group by county having count(*) > 10

-- answers in one alone
select benefit from micro.benefit_month group by benefit except select benefit from micro.benefit_month where month = 12 group by benefit having count(*) > 0

-- an answer exists
select region, value from release.population r where exists (select county from micro.person_year group by county having count(*) > 4000)

-- released rows in a list of answers
select region, value from release.population where region in (select county from micro.person_year group by county having count(*) > 5000)
and sex = 'total' and age_band = 'total' and urban_rural = 'total'

-- one answer a line of a made up table
select v.sex, v.word, a.n from (values ('1', '男'), ('2', '女')) as v (sex, word)
join (select sex, count(*) as n from micro.person_year group by sex) as a on a.sex = v.sex

-- a recursion over answers
with recursive n as (select 1 as i, (select count(*) from micro.person_year) as persons union all select i + 1, persons from n where i < 3) select * from n

-- average of an average
select round(avg(yuan), 2) from (select county, avg(amount) as yuan from micro.benefit_month where benefit = 'MZ12' group by county) as a

-- an answer as JSON text
select '{"persons": ' || cast(count(*) as varchar) || '}' from micro.person_year

-- wide by FILTER
select county, count(*) filter (where ability = 'mild') as mild, count(*) filter (where ability = 'moderate') as moderate,
count(*) filter (where ability = 'severe') as severe from micro.person_year group by county order by county
