-- refused: everything about everybody
select * from micro.person_year

-- refused: one column of everybody
select person from micro.person_year

-- refused: categories alone, one row a person
select county, sex, age_band from micro.person_year

-- refused: one row is a row too
select * from micro.person_year limit 1

-- refused: no row, but the plan reads them
select * from micro.person_year limit 0

-- refused: rows of events
select person, benefit, month, amount from micro.benefit_month

-- refused: constants, one a person: their number is a count
select 1 from micro.person_year

-- refused: a function of the number
select md5(cast(person as varchar)) from micro.person_year

-- refused: rows under another name
select p.* from micro.person_year as p

-- refused: rows of a table expression
with everybody as (select * from micro.person_year) select * from everybody

-- refused: rows of a subquery
select people.sex from (select sex, person from micro.person_year) as people

-- refused: rows of two joined tables
select p.sex, m.amount from micro.person_year p join micro.benefit_month m using (person, year)

-- refused: rows beside an answer
select sex, (select count(distinct person) from micro.person_year) as everybody from micro.person_year

-- refused: different categories are rows as long as nothing is counted
select distinct county, age_band, situation from micro.person_year

-- refused: different people
select distinct person from micro.benefit_month

-- refused: the first of each group
select distinct on (county) county, person from micro.person_year order by county, person

-- query: rows through the word for a table
select * from (table micro.person_year)

-- refused: names by position
select c from micro.person_year as p (a, b, c, d, e, f, g, h, i, j, k, l)

-- refused: FROM alone
from micro.person_year
