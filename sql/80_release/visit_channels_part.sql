-- Who of the hardship register was visited in the year through which channel, within one bucket: visits of months in which
-- the person was in the group and lived in no institution.
-- schema: work · pass: bucket · kept as: table
-- grain: region, hardship, channel
with seen as (
  select h.person_id, p.residence, h.hardship, v.channel, sum(v.visits) as visits
  from work.release_hardship_month h
  join work.release_visit v on v.person_id = h.person_id and v.month = h.month
  join work.release_person p on p.person_id = h.person_id
  where not h.is_resident
  group by h.person_id, p.residence, h.hardship, v.channel
)
select residence as region, hardship, channel, count(*) as persons, sum(visits) as visits
from seen group by residence, hardship, channel
