-- refused: pairs of people
select count(*) from micro.person_year a join micro.person_year b on a.county = b.county

-- refused: a table with itself on the person
select count(*) from micro.person_year a join micro.person_year b using (person, year)

-- refused: a table with itself through a table expression
with p as (select * from micro.person_year) select count(*) from p join micro.person_year q using (person, year)

-- refused: everybody with everybody
select count(*) from micro.person_year cross join micro.service

-- refused: everybody with everybody, in a list
select count(*) from micro.person_year, micro.assessment

-- refused: on the person alone
select count(distinct p.person) from micro.person_year p join micro.service s on p.person = s.person

-- refused: on the year alone
select count(distinct p.person) from micro.person_year p join micro.service s on p.year = s.year

-- refused: on the person and a category
select count(distinct p.person) from micro.person_year p join micro.service s on p.person = s.person and p.year = s.year and p.sex = s.sex

-- refused: on all columns that they share
select count(*) from micro.person_year natural join micro.assessment

-- refused: on other people
select count(distinct p.person) from micro.person_year p join micro.service s on p.person <> s.person and p.year = s.year

-- refused: on the next person
select count(distinct p.person) from micro.person_year p join micro.service s on p.person = s.person + 1 and p.year = s.year

-- refused: on the person or something else
select count(distinct p.person) from micro.person_year p join micro.service s on p.year = s.year and (p.person = s.person or p.sex = '1')

-- refused: people without a match
select count(distinct p.person) from micro.person_year p left join micro.service s using (person, year)

-- refused: people without a match, on the right
select count(distinct p.person) from micro.service s right join micro.person_year p using (person, year)

-- refused: people without a match, on both sides
select count(*) from micro.person_year p full join micro.service s using (person, year)

-- refused: people with a match
select count(*) from micro.person_year p left semi join micro.service s on p.person = s.person

-- refused: people without any match
select count(*) from micro.person_year p left anti join micro.service s on p.person = s.person

-- refused: the third table stands beside nobody
select count(distinct p.person) from micro.person_year p join micro.service s using (person, year) cross join micro.assessment a

-- refused: with released numbers
select count(*) from micro.person_year p join release.population r on p.sex = r.sex

-- refused: with an answer
select count(*) from micro.person_year p join (select sex, count(*) as n from micro.person_year group by sex) as a on p.sex = a.sex

-- refused: with values, so that rows weigh differently
select count(*) from micro.person_year p join (values ('1', 1), ('2', 2), ('2', 3)) as v (sex, weight) on p.sex = v.sex

-- refused: with a number made up
select count(*) from micro.person_year p join (values (3298534883328)) as v (person) on p.person = v.person

-- refused or table: with a series of numbers
select count(*) from micro.person_year p join generate_series(1, 100000) as g (n) on p.person = g.n

-- refused or table: with a series, all pairs
select g.n, count(*) from micro.person_year, generate_series(1, 3) as g (n) group by g.n

-- refused: with the catalogue
select count(*) from micro.person_year p join information_schema.tables t on t.table_name = p.sex

-- refused: with an array
select count(*) from (select person, unnest(make_array(1, 2, 3)) as n from micro.person_year) as tripled

-- refused: two tables of events as rows
select m.benefit, s.service, count(*) from micro.benefit_month m join micro.service s using (person, year) group by m.benefit, s.service

-- refused: the year of one table is asked of the other
select count(distinct p.person) from micro.person_year p join micro.service s on p.person = s.person and p.year = 2025 and s.year = 2025
