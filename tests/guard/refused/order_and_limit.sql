-- refused: the first by a hidden column
select sex from micro.person_year order by person limit 1

-- refused: the richest
select county from micro.benefit_month order by amount desc limit 1

-- refused: one after another
select 1 from micro.person_year order by person limit 1 offset 100

-- refused: how many of the first hundred
select count(*) from (select sex from micro.person_year order by person limit 100) as first where sex = '1'

-- refused: money of the ten largest
select sum(amount) from (select amount from micro.benefit_month order by amount desc limit 10) as largest

-- query: FETCH FIRST
select person from micro.person_year fetch first 1 row only

-- column: ORDER BY everything
select * from micro.person_year order by all
