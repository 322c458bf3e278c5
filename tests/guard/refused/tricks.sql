-- refused: a comment in the middle
select /* count(*) */ person /* from release.population */ from micro.person_year

-- refused: a comment to the end of a line
select person -- count(*)
from micro.person_year -- group by sex

-- refused: comments in comments
select /* /* */ count(*) */ person from micro.person_year

-- refused: a hint in a comment
select /*+ no_guard */ person from micro.person_year

-- refused: in quotes
select "person" from "micro"."person_year"

-- refused: in capitals
SELECT PERSON FROM MICRO.PERSON_YEAR

-- refused: the catalogue before
select person from yilian.micro.person_year

-- refused: without spaces
select(person)from(micro.person_year)

-- refused: in brackets
select person from ((micro.person_year))

-- table: a fullwidth name
select person from ｍicro.person_year

-- table: a Cyrillic letter
select person from miсro.person_year

-- table: a name with a space that is not seen
select person from "micro"."person_year​"

-- table: schema and table in one name
select person from "micro.person_year"

-- refused: the number under the name of a category
select sex, count(*) from (select person as sex from micro.person_year) as p group by sex

-- refused: the number renamed twice
with a as (select person as b from micro.person_year), c as (select b as d from a) select d, count(*) from c group by d

-- refused: the number renamed by the list of a table expression
with a (x, y) as (select year, person from micro.person_year) select y from a

-- refused: the number renamed by the list of an alias
select y, count(*) from (select year, person from micro.person_year) as a (x, y) group by y

-- refused: an amount under the name of a category
select county, count(*) from (select amount as county from micro.benefit_month) as m group by county

-- refused: a table expression with the name of a released table
with population as (select * from micro.person_year) select * from population

-- refused: a table expression with the name of a micro table
with person_year as (select * from micro.person_year) select count(*) from person_year where person > 5

-- refused: a category made of a number
select sex, count(*) from (select cast(person as varchar) as sex from micro.person_year) as p group by sex

-- refused: a number made of a category
select count(distinct person) from (select sex as person from micro.person_year) as p

-- refused: a computed column that looks like the person
select count(distinct person) from (select person + 0 as person from micro.person_year) as p

-- refused: a computed column that looks like an amount
select sum(amount) from (select amount * person as amount from micro.benefit_month) as m

-- refused: a filter on a computed column that looks like a category
select count(*) from (select case when person % 2 = 0 then '1' else '2' end as sex from micro.person_year) as p where sex = '1'

-- query: rows made JSON
select to_json(p) from micro.person_year as p

-- refused: rows made a structure
select named_struct('person', person) from micro.person_year

-- refused: rows made an array
select make_array(person, year) from micro.person_year

-- query: an array of a subquery
select array(select person from micro.person_year)

-- refused: lists of lists
select unnest(array_agg(person)) from micro.person_year

-- refused: a count of a subquery's one value
select count(*) from micro.person_year where year = (select 2025)

-- query: PIVOT
select * from micro.person_year pivot (count(person) for sex in ('1', '2'))

-- refused: an unanswered aggregate hidden among answered ones
select sex, count(*), avg(person), count(distinct person) from micro.person_year group by sex

-- refused: an answer of an answer of rows
select max(n) from (select max(person) as n from micro.person_year) as m

-- query: an aggregate of an aggregate
select max(count(*)) from micro.person_year

-- refused: lambda
select array_any_value(array_agg(person)) from micro.person_year
