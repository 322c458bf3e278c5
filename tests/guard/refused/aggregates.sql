-- refused: the largest amount is one person's
select max(amount) from micro.benefit_month

-- refused: the smallest
select min(amount) from micro.benefit_month

-- refused: the largest number
select max(person) from micro.person_year

-- refused: the largest category shows whether anybody has it
select max(age_band) from micro.person_year

-- refused: the median is one person's
select median(amount) from micro.benefit_month

-- refused: a quantile
select approx_percentile_cont(0.99) within group (order by amount) from micro.benefit_month

-- refused: everybody in a list
select array_agg(person) from micro.person_year

-- refused: everybody in a list, in order
select array_agg(person order by person) from micro.person_year

-- refused: everybody in a text
select string_agg(ability, ',') from micro.person_year

-- refused: deviation
select stddev(amount) from micro.benefit_month

-- refused: variance
select var_pop(amount) from micro.benefit_month

-- refused: correlation
select corr(subsidy, self_paid) from micro.service

-- refused: covariance
select covar_samp(subsidy, self_paid) from micro.service

-- refused: regression
select regr_slope(subsidy, self_paid) from micro.service

-- refused: the first
select first_value(person) from micro.person_year

-- refused: the last of an order
select last_value(amount order by amount) from micro.benefit_month

-- refused: the second
select nth_value(amount, 2) from micro.benefit_month

-- refused: people, about
select approx_distinct(person) from micro.person_year

-- refused: the median, about
select approx_median(amount) from micro.benefit_month

-- refused: how many categories there are
select count(distinct county) from micro.person_year

-- refused: how many amounts there are
select count(distinct amount) from micro.benefit_month

-- refused: how many pairs there are
select count(distinct (person, county)) from micro.person_year

-- refused: different amounts
select sum(distinct amount) from micro.benefit_month

-- refused: average of different amounts
select avg(distinct amount) from micro.benefit_month

-- refused: the sum of numbers of people
select sum(person) from micro.person_year

-- refused: their average
select avg(person) from micro.person_year

-- refused: bits of numbers
select bit_xor(person) from micro.person_year

-- refused: whether all
select bool_and(sex = '1') from micro.person_year

-- refused: whether any
select bool_or(person = 3298534883328) from micro.person_year

-- refused: a sum of what is computed
select sum(amount * 1000000) from micro.benefit_month

-- refused: a sum of squares
select sum(amount * amount) from micro.benefit_month

-- refused: a sum that one person dominates
select sum(case when person = 3298534883328 then 1000000 else 0 end) from micro.person_year

-- refused: a count of what is computed
select count(case when sex = '1' then 1 end) from micro.person_year

-- refused: different people of what is computed
select count(distinct case when age_band = '100+' then person end) from micro.person_year

-- refused: a count of nullif
select count(nullif(sex, '1')) from micro.person_year

-- refused: FILTER with a range
select sum(amount) filter (where amount > 1000) from micro.benefit_month

-- refused: FILTER with NOT
select count(*) filter (where not sex = '1') from micro.person_year

-- refused: FILTER with a union of dimensions
select count(*) filter (where sex = '1' or age_band = '100+') from micro.person_year

-- refused: FILTER with a subquery
select count(*) filter (where person in (select person from micro.service)) from micro.person_year

-- refused: FILTER with CASE
select count(*) filter (where case when person % 2 = 0 then true else false end) from micro.person_year

-- refused: people in one of two months would count twice
select count(distinct person) from micro.benefit_month where month in (1, 2)

-- refused: people with one of two benefits would count twice
select cell_status(person) from micro.benefit_month where benefit in ('MZ01', 'MZ12') group by county

-- refused: the same in FILTER
select count(distinct person) filter (where service = '02' or service = '03') from micro.service

-- refused: rows of one table repeated by another
select count(*) from micro.benefit_month m join micro.service s using (person, year)

-- refused: money repeated by another
select sum(m.amount) from micro.benefit_month m join micro.service s using (person, year)

-- refused: where a computed answer comes from
select cell_status(person + 1) from micro.person_year

-- refused: where the answer of a category comes from
select cell_status(sex) from micro.person_year

-- refused: where the answer of a released number comes from
select cell_status(value) from release.population

-- refused: where the answer of an answer comes from
select cell_status(n) from (select count(*) as n from micro.person_year group by county) as a

-- refused: where an answer over a window comes from
select cell_status(value) over (partition by region) from release.population

-- refused: a count in an order
select count(person order by person) from micro.person_year

-- refused: HAVING with an unanswered aggregate alone
select count(*) from micro.person_year having max(person) > 3
