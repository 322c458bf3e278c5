-- refused: somebody exists
select 1 where exists (select 1 from micro.person_year where person = 3298534883328)

-- refused: a category exists
select 1 where exists (select 1 from micro.person_year where age_band = '100+' and county = '150102')

-- refused: nobody exists
select 1 where not exists (select * from micro.person_year where ability = 'severe')

-- refused: released rows for which somebody exists
select * from release.population r where exists (select 1 from micro.person_year p where p.county = r.region)

-- refused: a number among people
select 3298534883328 in (select person from micro.person_year)

-- refused: a number not among people
select 1 where 3298534883328 not in (select person from micro.person_year)

-- refused: released regions among those of people
select region from release.population where region in (select county from micro.person_year)

-- refused: people among the people of another table
select count(*) from micro.person_year where person in (select person from micro.service)

-- refused: people not among the people of another table
select count(*) from micro.person_year where person not in (select person from micro.benefit_month)

-- refused: people that have events
select count(*) from micro.person_year p where exists (select 1 from micro.benefit_month m where m.person = p.person)

-- refused: people compared with a count of their own rows
select count(*) from micro.person_year p where (select count(*) from micro.benefit_month m where m.person = p.person) > 12

-- refused: one value
select (select person from micro.person_year limit 1)

-- refused: one value of an order
select (select amount from micro.benefit_month order by amount desc limit 1)

-- refused: one value inside of a count
select count((select person from micro.person_year limit 1)) from release.population

-- refused: one value as a condition
select value from release.population where value > (select person from micro.person_year limit 1)

-- refused: one value to be sorted by
select value from release.population order by (select person from micro.person_year limit 1)

-- refused: one value in CASE
select case when (select amount from micro.benefit_month limit 1) > 100 then 1 else 0 end

-- refused: a count for each released row
select r.sex, (select count(*) from micro.person_year p where p.sex = r.sex) from release.population r

-- refused: an outer value inside of an aggregate
select (select sum(r.value) from micro.person_year) from release.population r

-- refused: an outer value to be grouped by
select (select count(*) from micro.person_year group by r.sex) from release.population r

-- refused: a lateral subquery
select r.sex, n from release.population r, lateral (select count(*) as n from micro.person_year p where p.sex = r.sex) as s

-- refused: a lateral join
select r.sex, n from release.population r cross join lateral (select p.person as n from micro.person_year p where p.sex = r.sex) as s

-- refused: categories from a subquery
select count(*) from micro.person_year where sex = (select min(sex) from release.population)

-- refused: categories from an answer
select count(*) from micro.person_year where county in (select county from micro.person_year group by county)

-- refused: ANY of a subquery
select 1 where 5 = any (select person from micro.person_year)

-- refused: ALL of a subquery
select 1 where 5 < all (select person from micro.person_year)

-- refused: rows in a list of values
select * from (values ((select person from micro.person_year limit 1))) as v (person)

-- refused: a count of rows that a subquery has limited
select count(*) from (select person from micro.person_year limit 10) as ten

-- refused: a count of different rows
select count(*) from (select distinct county, sex from micro.person_year) as combinations

-- refused: an offset inside of a count
select count(*) from (select person from micro.person_year offset 10) as rest

-- refused: one value as a limit
select value from release.population limit (select person from micro.person_year limit 1)

-- refused: the largest of a group that need not be shown
select exists (select count(*) from micro.person_year having max(person) > 3)

-- refused: an answer beside rows on any condition
select count(*) from (select count(*) as n from micro.person_year) as a join micro.person_year p on true
