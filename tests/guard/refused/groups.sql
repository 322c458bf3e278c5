-- refused: a group by what is computed
select person % 100, count(*) from micro.person_year group by person % 100

-- refused: a group by a part of a category
select substr(county, 1, 4), count(*) from micro.person_year group by substr(county, 1, 4)

-- refused: a group by CASE that isolates somebody
select case when person = 3298534883328 then 'him' else 'others' end as who, count(*) from micro.person_year group by 1

-- refused: a group by a constant
select 'all' as everybody, count(*) from micro.person_year group by 1

-- refused: a group by two columns in one
select sex || age_band, count(*) from micro.person_year group by 1

-- refused: a group by a row
select struct(sex, person), count(*) from micro.person_year group by 1

-- refused: a group by a cast
select cast(sex as int), count(*) from micro.person_year group by 1

-- refused: a group by a random number
select random(), count(*) from micro.person_year group by 1

-- refused: a group by a condition
select sex = '1', count(*) from micro.person_year group by 1

-- refused: five dimensions
select count(*) from micro.person_year group by county, sex, age_band, situation, ability

-- refused: five dimensions, three of them as conditions
select sex, age_band, count(*) from micro.person_year where county = '150102' and situation = 'alone' and pension = 'both' group by sex, age_band

-- refused: five dimensions, one of them in FILTER
select count(*) filter (where pension = 'both') from micro.person_year group by county, sex, age_band, situation

-- refused: five dimensions from two tables
select count(distinct person) from micro.person_year join micro.benefit_month using (person, year)
where benefit = 'MZ01' and month = 12 and situation = 'alone' and ability = 'severe' and pension = 'both'

-- refused: all dimensions
select count(*) from micro.person_year
group by county, sex, age_band, urban_rural, situation, ability, disability_grade, pension, benefits_held

-- refused: rollup
select county, sex, count(*) from micro.person_year group by rollup (county, sex)

-- refused: cube
select county, sex, count(*) from micro.person_year group by cube (county, sex)

-- refused: grouping sets
select county, sex, count(*) from micro.person_year group by grouping sets ((county), (sex), ())

-- refused: grouping sets with people
select county, person, count(*) from micro.person_year group by grouping sets ((county), (person))

-- refused: groups by each number in a subquery
select avg(n) from (select person, count(*) as n from micro.benefit_month group by person) as each_person

-- column: a dimension that the table has not
select count(*) from micro.benefit_month where situation = 'alone'

-- column: a dimension that nobody has
select village, count(*) from micro.person_year group by village

-- query: a person of a group
select sex, person, count(*) from micro.person_year group by sex

-- query: HAVING about people
select sex, count(*) from micro.person_year group by sex having person > 0

-- refused: HAVING with the largest
select sex, count(*) from micro.person_year group by sex having max(person) > 0

-- refused: ORDER BY the largest
select sex, count(*) from micro.person_year group by sex order by max(person)

-- query: ORDER BY a person of a group
select sex, count(*) from micro.person_year group by sex order by person

-- refused: more groups than memory holds, and nothing counted
select 1 from micro.person_year p join micro.benefit_month b using (person, year) join micro.service s using (person, year) group by p.county, p.sex, p.age_band, p.urban_rural, p.situation, p.ability, b.benefit, b.month, s.service, s.category
