-- How many people of hub.person share sex, month of birth and county of residence with how many others: k-anonymity of
-- the table that operators see.
-- schema: evidence · pass: whole · kept as: table
-- grain: size_class
-- privacy: counts of people, not protected; for the reviewer
with alike as (
  select sex, birth_month, residence_county, count(*) as k from hub.person group by sex, birth_month, residence_county
)
select case when k = 1 then '1' when k < 5 then '2-4' when k < 10 then '5-9' else '10+' end as size_class,
  count(*) as combinations, cast(sum(k) as bigint) as persons
from alike
group by case when k = 1 then '1' when k < 5 then '2-4' when k < 10 then '5-9' else '10+' end
