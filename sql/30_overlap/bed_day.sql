-- The days of each month on which a person's family bed was open, as half-open intervals.
-- Only rows with an ID number: a bed that a name alone links could take a flag away.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, month, link_grade, from_day, until_day
select distinct b.person_id, m.month, coalesce(o.link_grade, b.link_grade) as link_grade,
  greatest(b.opened_on, m.month) as from_day,
  least(coalesce(b.closed_on, b.period_end + interval '1 day'), m.month + interval '1 month') as until_day
from staged.family_bed b
join reference.snapshot_month m on m.dataset = 'family_bed' and m.place = b.place and m.period_end = b.period_end
left join work.other_name o on o.person_id = b.person_id and o.name_ordinal = b.name_ordinal
where b.opened_on < m.month + interval '1 month'
  and coalesce(b.closed_on, b.period_end + interval '1 day') > m.month
