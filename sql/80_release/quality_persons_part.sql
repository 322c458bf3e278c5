-- Everybody of 60 and older at the end of the year who is not certified dead, by whether a register counts them, within one
-- bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: region, known_to
select coalesce(r.residence, case when p.residence_county is null then 'unknown' else p.residence_county end) as region,
  case when r.in_stock then 'register' when p.in_register then 'register_not_counted' else 'others' end as known_to,
  count(*) as persons
from hub.person p
cross join work.release_year y
left join work.release_person r on r.person_id = p.person_id
left join work.death d on d.person_id = p.person_id and d.certified and d.death_month <= y.day
where d.person_id is null and y.year - extract(year from p.birth_month) >= 60
group by coalesce(r.residence, case when p.residence_county is null then 'unknown' else p.residence_county end),
  case when r.in_stock then 'register' when p.in_register then 'register_not_counted' else 'others' end
