-- Everybody of the hardship register in each month of the year, how often they were visited, and whether they lived in an
-- institution the whole month. From 60 until the month of death, and nobody who has moved away; the place is that of
-- 31 December. Only rows with an ID number: a link by name neither visits anybody nor excuses a visit.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, hardship, month
with member as (
  select distinct p.person_id, g.hardship, m.month, m.month_no
  from work.circumstance c
  join reference.hardship_group g on g.circumstance = c.circumstance
  join work.release_person p on p.person_id = c.person_id and (p.status = 'active' or p.death_month is not null)
  join (select distinct hardship, place from reference.hardship_place) place
    on place.hardship = g.hardship and starts_with(p.residence_county, place.place)
  join reference.month m on c.from_no <= m.month_no and m.month_no < c.until_no and p.birth_no + 720 <= m.month_no
  join work.release_year y on y.january <= m.month and m.month <= y.december
  where p.death_month is null or m.month <= p.death_month
),
resident as (
  select distinct c.person_id, m.month_no
  from work.circumstance c
  join reference.month m on c.from_no <= m.month_no and m.month_no < c.until_no
  where c.circumstance = 'resident'
),
visited as (select person_id, month, sum(visits) as visits from work.release_visit group by person_id, month)
select member.person_id, member.hardship, member.month, coalesce(visited.visits, 0) as visits,
  resident.person_id is not null as is_resident
from member
left join visited on visited.person_id = member.person_id and visited.month = member.month
left join resident on resident.person_id = member.person_id and resident.month_no = member.month_no
