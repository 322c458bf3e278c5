-- refused: a number for each row
select row_number() over (order by person) from micro.person_year

-- refused: a rank for each row
select rank() over (partition by county order by amount desc) from micro.benefit_month

-- refused: the next person
select lead(person) over (order by person) from micro.person_year

-- refused: a count over a window
select count(*) over (partition by county, sex) from micro.person_year

-- refused: money over a window
select sum(amount) over (partition by person) from micro.benefit_month

-- refused: the last row alone
select * from (select amount, row_number() over (order by amount desc) as at from micro.benefit_month) as ranked where at = 1

-- refused: a count of the rows of a window
select count(*) from (select person, row_number() over (order by person) as at from micro.person_year) as ranked where at <= 10

-- refused: groups by a window
select tile, count(*) from (select ntile(100) over (order by person) as tile from micro.person_year) as tiles group by tile

-- refused: QUALIFY
select person from micro.person_year qualify row_number() over (order by person) = 1

-- refused: a window of an unanswered aggregate
select sex, max(max(amount)) over () from micro.benefit_month group by sex

-- refused: shares within a window of rows
select amount / sum(amount) over () from micro.benefit_month
