-- People and money of each benefit, county and month; `first_persons` are those whose first month of the year it is there,
-- so that their sum from January on is the people of the year so far. A link by name alone counts nobody.
-- schema: work · pass: bucket · kept as: table
-- grain: month, county, benefit
with held as (
  select person_id, benefit, month, county, sum(amount) as amount
  from hub.benefit_month where held and link_grade <> 'name'
  group by person_id, benefit, month, county
),
marked as (
  select held.*, month = min(month) over (partition by person_id, benefit, county, extract(year from month)) as is_first
  from held
)
select month, county, benefit, count(*) as persons, count(*) filter (where is_first) as first_persons,
  cast(sum(amount) as decimal(18, 2)) as amount
from marked group by month, county, benefit
