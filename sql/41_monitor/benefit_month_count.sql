-- People and money of each benefit, county and month; `first_persons` are those whose first month of the year it is there,
-- so that their sum from January on is the people of the year so far. A link by name alone counts nobody.
-- schema: work · pass: bucket · kept as: table
-- grain: month, county, benefit
with held as (
  select person_id, benefit, month, county, sum(amount) as amount
  from hub.benefit_month where held and link_grade <> 'name'
  group by person_id, benefit, month, county
),
begun as (
  select person_id, benefit, county, min(month) as month
  from hub.benefit_month where held and link_grade <> 'name'
  group by person_id, benefit, county, extract(year from month)
),
counted as (
  select month, county, benefit, count(*) as persons, sum(amount) as amount from held group by month, county, benefit
),
first_counted as (select month, county, benefit, count(*) as persons from begun group by month, county, benefit)
select c.month, c.county, c.benefit, c.persons, coalesce(f.persons, 0) as first_persons,
  cast(c.amount as decimal(18, 2)) as amount
from counted c
left join first_counted f on f.month = c.month and f.county = c.county and f.benefit = c.benefit
