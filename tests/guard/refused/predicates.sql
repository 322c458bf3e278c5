-- refused: a range of text
select count(*) from micro.person_year where age_band > '95'

-- refused: a range of months
select count(*) from micro.benefit_month where month between 1 and 3

-- refused: a range of years
select count(*) from micro.person_year where year >= 2025

-- refused: a range of money
select sum(amount) from micro.benefit_month where amount > 10000

-- refused: not this category
select count(*) from micro.person_year where sex <> '1'

-- refused: not this category, in other signs
select count(*) from micro.person_year where sex != '1'

-- refused: NOT
select count(*) from micro.person_year where not sex = '1'

-- refused: NOT IN
select count(*) from micro.person_year where county not in ('150102', '150103')

-- refused: NOT of several
select count(*) from micro.person_year where not (sex = '1' and age_band = '100+')

-- refused: is distinct from
select count(*) from micro.person_year where sex is distinct from '1'

-- refused: is not distinct from
select count(*) from micro.person_year where sex is not distinct from '1'

-- refused: is null
select count(*) from micro.service where self_paid is null

-- refused: is not null
select count(*) from micro.service where self_paid is not null

-- refused: LIKE
select count(*) from micro.person_year where age_band like '9%'

-- refused: ILIKE
select count(*) from micro.person_year where ability ilike 'SEV%'

-- refused: SIMILAR TO
select count(*) from micro.person_year where ability similar to '(mild|severe)'

-- refused: regular expression
select count(*) from micro.person_year where ability ~ '^s'

-- refused: a function of a category
select count(*) from micro.person_year where upper(ability) = 'SEVERE'

-- refused: a part of a category
select count(*) from micro.person_year where substr(age_band, 1, 1) = '9'

-- refused: a cast of a category
select count(*) from micro.person_year where cast(sex as int) = 1

-- refused: a cast that may fail
select count(*) from micro.person_year where try_cast(ability as int) = 1

-- refused: arithmetic on a month
select count(*) from micro.benefit_month where month + 0 = 12

-- refused: two columns
select count(*) from micro.person_year where ability = situation

-- refused: one column with itself
select count(*) from micro.service where self_paid = self_paid

-- refused: a union of two dimensions, the general tracker
select count(*) from micro.person_year where sex = '1' or age_band = '100+'

-- refused: a tracker that pads one person's group
select count(*) from micro.person_year where (sex = '1' and age_band = '100+') or sex = '2'

-- refused: its difference
select count(*) from micro.person_year where sex = '1' and not (age_band = '100+' and county = '150102')

-- refused: CASE as a condition
select count(*) from micro.person_year where case when sex = '1' then true else false end

-- refused: CASE gives a category
select count(*) from micro.person_year where case when person > 0 then '1' else '2' end = '1'

-- refused: coalesce
select count(*) from micro.person_year where coalesce(ability, 'none') = 'severe'

-- refused: nullif
select count(*) from micro.person_year where nullif(sex, '2') = '1'

-- refused: a condition that is always true
select count(*) from micro.person_year where 1 = 1

-- query: a bare column
select count(*) from micro.benefit_month where amount

-- refused: no such category
select count(*) from micro.person_year where sex = '3'

-- refused: no such category among others
select count(*) from micro.person_year where age_band in ('100+', '110+')

-- refused: an injected category
select count(*) from micro.person_year where sex = '1'' or ''1''=''1'

-- refused: null is no category
select count(*) from micro.person_year where sex = null

-- refused: a list with null
select count(*) from micro.person_year where sex in ('1', null)

-- refused: no such month
select count(*) from micro.benefit_month where month = 13

-- refused: a month that is no whole number
select count(*) from micro.benefit_month where month = 1.5

-- refused: a fraction cut to a month
select count(*) from micro.benefit_month where month = cast(1.5 as int)

-- refused: no such year
select count(*) from micro.person_year where year = 1949

-- refused: exclusive or
select count(*) from micro.person_year where (sex = '1') <> (urban_rural = 'urban')

-- refused: ANY of an array
select count(*) from micro.person_year where sex = any(array['1', '2'])

-- refused: a condition made a value
select count(*) from micro.person_year where (sex = '1') is true

-- refused: bytes
select count(*) from micro.person_year where sex = x'31'

-- refused: a floating-point month
select count(*) from micro.benefit_month where month = 1e0
