-- Who was entitled to a service of the list in a month of the year, and who received it, within one bucket: who received it,
-- and who lacks it by the gaps (hub.gap says under which conditions). Refusals and waivers make no gap and count nobody.
-- schema: work · pass: bucket · kept as: table
-- grain: region, item
with item as (
  select * from (values
    ('old_age_allowance', 'MZ01'), ('nursing_subsidy', 'MZ03'), ('disability_living', 'MZ09'), ('disability_nursing', 'MZ10'),
    ('home_service', 'MZ11'), ('meals', 'MZ12'), ('institutional_care', 'MZ17')
  ) as item(item, benefit)
),
entitled as (
  select r.person_id, item.item, true as is_served
  from work.release_recipient r join item on item.benefit = r.benefit
  union all
  select distinct g.person_id, item.item, false
  from work.gap_month g
  join item on item.benefit = g.benefit
  join work.release_year y on y.january <= g.month and g.month <= y.december
),
person as (select person_id, item, bool_or(is_served) as is_served from entitled group by person_id, item)
select p.residence as region, person.item, count(*) as entitled, count(*) filter (where person.is_served) as served
from person join work.release_person p on p.person_id = person.person_id
group by p.residence, person.item
