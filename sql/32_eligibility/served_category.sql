-- The months in which service events name a category of a programme, of people who were not dead before.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, month, county, category, benefit
with programme as (
  select distinct benefit, place, category from reference.entitlement where purpose = 'category'
),
served as (select person_id, month, county, category from work.service group by person_id, month, county, category)
select s.person_id, s.month, s.county, s.category, programme.benefit,
  cast(extract(year from s.month) * 12 + extract(month from s.month) - 1 as bigint) as month_no
from served s
join programme on programme.category = s.category and starts_with(s.county, programme.place)
left join work.death d on d.person_id = s.person_id and d.certified and d.death_month < s.month
where d.person_id is null
group by s.person_id, s.month, s.county, s.category, programme.benefit
