-- The hardship groups of December among the counted, and every person of them once, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: region, hardship, sex, urban_rural
with december as (
  select p.person_id, p.residence, p.sex, p.urban_rural, h.hardship
  from work.release_hardship_month h
  join work.release_year y on y.december = h.month
  join work.release_person p on p.person_id = h.person_id and p.in_stock
)
select residence as region, hardship, sex, urban_rural, count(*) as persons
from december group by residence, hardship, sex, urban_rural
union all
select residence, 'distinct_persons', sex, urban_rural, count(distinct person_id)
from december group by residence, sex, urban_rural
