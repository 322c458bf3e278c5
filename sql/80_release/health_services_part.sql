-- Counted people, and who of them has a family doctor and was checked in the year, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: region, age_group, age_band
with served as (
  select h.person_id, bool_or(coalesce(h.contracted, false)) as is_contracted, bool_or(coalesce(h.health_check, false)) as is_checked
  from staged.health_service h join work.release_year y on y.year = h.year
  where h.person_id is not null
  group by h.person_id
)
select p.residence as region, case when p.age_band = '60-64' then '60-64' else '65+' end as age_group, p.age_band,
  count(*) as persons,
  count(*) filter (where coalesce(served.is_contracted, false)) as contracted,
  count(*) filter (where coalesce(served.is_checked, false)) as checked
from work.release_person p left join served on served.person_id = p.person_id
where p.in_stock
group by p.residence, p.age_band
