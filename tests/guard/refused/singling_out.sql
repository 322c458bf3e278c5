-- refused: one number
select count(*) from micro.person_year where person = 3298534883328

-- refused: a list of numbers
select count(distinct person) from micro.person_year where person in (1, 2, 3)

-- refused: a number from text
select count(*) from micro.person_year where person = cast('3298534883328' as bigint)

-- refused: a number turned round
select count(*) from micro.person_year where 3298534883328 = person

-- refused: everybody but one
select count(*) from micro.person_year where person <> 3298534883328

-- refused: people on one side of a number
select count(*) from micro.person_year where person < 3298534883328

-- refused: people between two numbers
select count(*) from micro.person_year where person between 1 and 3298534883328

-- refused: the remainder of a number
select count(*) from micro.person_year where person % 2 = 0

-- refused: bits of a number
select count(*) from micro.person_year where (person & 1) = 1

-- refused: digits of a number
select count(*) from micro.person_year where cast(person as varchar) like '32%'

-- refused: a number as text
select count(*) from micro.person_year where person || '' = '3298534883328'

-- refused: a sample by hash
select count(*) from micro.person_year where substr(md5(cast(person as varchar)), 1, 1) = 'a'

-- refused: a random sample
select count(*) from micro.person_year where random() < 0.5

-- refused: a group for each person
select person, count(*) from micro.benefit_month group by person

-- refused: a group for each person, not shown
select count(*) from micro.benefit_month group by person

-- refused: a group for each person among categories
select county, count(*) from micro.benefit_month group by county, person

-- refused: how many benefits each person has
select benefits, count(*) from (select person, count(*) as benefits from micro.benefit_month group by person) as held group by benefits

-- refused: people with much money
select count(*) from (select person from micro.benefit_month group by person having sum(amount) > 50000) as rich

-- refused: somebody in FILTER
select count(*) filter (where person = 3298534883328) from micro.person_year

-- refused: everybody but one in FILTER
select count(*) - count(*) filter (where person <> 3298534883328) from micro.person_year

-- refused: a pair of number and year
select count(*) from micro.person_year where (person, year) = (3298534883328, 2025)

-- refused: a list of pairs
select count(*) from micro.person_year where (person, year) in ((3298534883328, 2025))

-- refused: the number is a category under another name
select count(*) from (select person as sex from micro.person_year) as p where sex = 1

-- refused: an exact amount
select count(*) from micro.benefit_month where amount = 301.00

-- refused: a group for each amount
select amount, count(*) from micro.benefit_month group by amount
