-- refused: an error for one person
select count(*) from micro.person_year where 1 / (person - 3298534883328) = 1

-- refused: an error for a category
select sum(1 / (case when age_band = '100+' then 0 else 1 end)) from micro.person_year

-- refused: division by an amount
select sum(1 / amount) from micro.benefit_month

-- refused: a cast that fails where somebody is
select count(cast(case when sex = '1' then ability else '1' end as int)) from micro.person_year

-- refused: a cast that fails and quotes
select cast(ability as int) from micro.person_year

-- refused: a date that fails and quotes
select count(*) from micro.person_year where to_timestamp(situation) is not null

-- refused: overflow
select sum(amount * 100000000000000000) from micro.benefit_month

-- refused: an error in CASE for everybody above a number
select count(*) from micro.person_year where case when person > 1000 then 1 / 0 else 1 end = 1

-- refused: an error in a lazy OR
select count(*) from micro.person_year where sex = '1' or 1 / (person - person) = 1

-- refused: an error in a group
select 1 / (person % 2), count(*) from micro.person_year group by 1

-- refused: an error in a join
select count(*) from micro.person_year p join micro.service s on p.person = s.person and p.year = s.year and 1 / (s.orders - 1) = 1

-- refused: an error in an order
select person from micro.person_year order by 1 / (person - 1)

-- refused: a regular expression that takes long for some
select count(*) from micro.person_year where regexp_like(repeat(ability, 1000), '(a+)+$')

-- refused: work that depends on a row
select sum(length(repeat('x', cast(amount as int)))) from micro.benefit_month

-- refused: an array's place that only some have
select count(*) from micro.person_year where make_array(1, 2)[person] = 1

-- refused: a subquery that is too many rows for some
select count(*) from release.population where value = (select amount from micro.benefit_month)

-- refused: what kind of thing a value is
select arrow_typeof(person), count(*) from micro.person_year group by 1
