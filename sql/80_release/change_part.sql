-- Who came and who went in the year, within one bucket: turned 60 (also who died after it), died (certified), moved in (began
-- to live here, and is counted), moved out (the register says so since a day of the year).
-- schema: work · pass: bucket · kept as: table
-- grain: region, sex
with flow as (
  select p.residence, p.sex, p.status <> 'moved_out' and (p.birth_no + 720) / 12 = y.year as has_turned_60,
    p.death_month is not null as has_died,
    p.in_stock and coalesce(y.january <= p.residence_since and p.residence_since <= y.day, false) as has_moved_in,
    p.status = 'moved_out' and p.death_month is null and y.january <= p.updated_on and p.updated_on <= y.day as has_moved_out
  from work.release_person p cross join work.release_year y
)
select residence as region, sex, count(*) filter (where has_turned_60) as turned_60, count(*) filter (where has_died) as died,
  count(*) filter (where has_moved_in) as moved_in, count(*) filter (where has_moved_out) as moved_out
from flow
where has_turned_60 or has_died or has_moved_in or has_moved_out
group by residence, sex
