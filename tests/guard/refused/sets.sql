-- refused: two tables' people in one list
select person from micro.person_year union all select person from micro.service

-- refused: the same without repeats
select person from micro.person_year union select person from micro.service

-- refused: people of both
select person from micro.person_year intersect select person from micro.service

-- refused: people of one alone
select person from micro.person_year except select person from micro.service

-- refused: a count of both
select count(*) from (select person from micro.person_year union select person from micro.service) as both

-- refused: a count of those of one alone
select count(*) from (select person from micro.person_year except select person from micro.service) as rest

-- refused: a count of those in both
select count(distinct person) from (select person from micro.person_year intersect select person from micro.service) as both

-- refused: a table twice, so that rows count twice
select count(*) from (select * from micro.person_year union all select * from micro.person_year) as twice

-- refused: a group padded with another
select count(*) from (select person from micro.person_year where sex = '1' union all select person from micro.person_year where age_band = '100+') as padded

-- refused: one made up person among the others
select sex, count(*) from (select sex from micro.person_year union all select '1') as p group by sex

-- refused: released rows and people
select sex from release.population union all select sex from micro.person_year

-- refused: an answer and people
select sex, count(*) from micro.person_year group by sex union all select sex, person from micro.person_year

-- refused: people through recursion
with recursive people as (select person from micro.person_year union all select person + 1 from people where person < 10) select * from people

-- refused: people in the step of a recursion
with recursive n as (select 1 as i union all select i + 1 from n join micro.person_year p on p.person = n.i where i < 10) select * from n

-- refused: a count in the step of a recursion that reads the recursion
with recursive n as (select 1 as i union all select (select count(*) from micro.benefit_month where month = n.i) from n where i < 12) select * from n
