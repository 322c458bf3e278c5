-- refused: the plan of rows
explain select * from micro.person_year

-- refused or statement: the plan of rows with what happened
explain analyze select * from micro.person_year

-- refused: every step of the plan
explain verbose select person from micro.person_year

-- refused or statement: every step with what happened
explain analyze verbose select count(*) from micro.person_year where person = 3298534883328

-- refused or statement: the plan as a tree
explain format tree select max(amount) from micro.benefit_month

-- refused: the plan of a filter
explain select count(*) from micro.person_year where age_band > '95'

-- refused: the plan of a plan
explain select * from (select person from micro.person_year) as p limit 0

-- statement: the plan of a statement that changes something
explain create table t as select * from micro.person_year

-- statement: the plan of a copy
explain copy (select 1) to 'people.csv'

-- role: the plan of what is not for this role
explain select * from hub.person
