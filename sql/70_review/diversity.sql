-- How many different sets of benefits the people have who share sex, month of birth and county of residence: l-diversity of
-- the table that operators see. Where all of them have one set, whoever knows the three knows the benefits, too.
-- schema: evidence · pass: whole · kept as: table
-- grain: size_class, diversity_class
-- privacy: counts of people, not protected; for the reviewer
with alike as (
  select sex, birth_month, residence_county, count(*) as k, count(distinct benefits) as l,
    sum(case when benefits <> 0 then 1 else 0 end) as holders
  from work.person_group group by sex, birth_month, residence_county
),
class as (
  select case when k = 1 then '1' when k < 5 then '2-4' when k < 10 then '5-9' else '10+' end as size_class,
    case when l < 3 then cast(l as varchar) when l < 5 then '3-4' else '5+' end as diversity_class, k, holders
  from alike
)
select size_class, diversity_class, count(*) as combinations, cast(sum(k) as bigint) as persons,
  cast(sum(holders) as bigint) as holders
from class group by size_class, diversity_class
