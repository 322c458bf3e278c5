-- Family care beds in use on 31 December, opened and closed in the year, each person once, within one bucket. A home bed of
-- health (家庭病床) is another thing.
-- schema: work · pass: bucket · kept as: table
-- grain: region
with bed as (
  select p.person_id, p.residence,
    bool_or(p.in_stock and b.opened_on <= y.day and coalesce(b.closed_on > y.day, true)) as in_use,
    bool_or(y.january <= b.opened_on and b.opened_on <= y.day) as is_opened,
    bool_or(coalesce(y.january <= b.closed_on and b.closed_on <= y.day, false)) as is_closed
  from staged.family_bed b
  join reference.snapshot_day d on d.dataset = 'family_bed' and d.place = b.place and d.period_end = b.period_end
  join work.release_year y on y.day = d.day
  join work.release_person p on p.person_id = b.person_id
  group by p.person_id, p.residence
)
select residence as region, count(*) filter (where in_use) as in_use, count(*) filter (where is_opened) as opened,
  count(*) filter (where is_closed) as closed
from bed where in_use or is_opened or is_closed
group by residence
