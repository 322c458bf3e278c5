-- Counted people by how many monthly benefits they hold in December, none included, within one bucket. MZ06 is a status and
-- WJ02 is paid by the year: neither is counted.
-- schema: work · pass: bucket · kept as: table
-- grain: region, number
with held as (
  select person_id, count(*) as benefits from work.release_recipient
  where in_december and benefit not in ('MZ06', 'MZ13', 'MZ15', 'MZ19', 'WJ02')
  group by person_id
)
select p.residence as region,
  case when h.benefits >= 5 then '5+' else cast(coalesce(h.benefits, 0) as varchar) end as number, count(*) as persons
from work.release_person p left join held h on h.person_id = p.person_id
where p.in_stock
group by p.residence, case when h.benefits >= 5 then '5+' else cast(coalesce(h.benefits, 0) as varchar) end
