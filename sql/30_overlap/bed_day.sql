-- The days of each month on which a person's family bed was open, as half-open intervals.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, month, from_day, until_day
select distinct b.person_id, m.month,
  greatest(b.opened_on, m.month) as from_day,
  least(coalesce(b.closed_on, b.period_end + interval '1 day'), m.month + interval '1 month') as until_day
from staged.family_bed b
join reference.snapshot_month m on m.dataset = 'family_bed' and m.place = b.place and m.period_end = b.period_end
where b.person_id is not null
  and b.opened_on < m.month + interval '1 month'
  and coalesce(b.closed_on, b.period_end + interval '1 day') > m.month
