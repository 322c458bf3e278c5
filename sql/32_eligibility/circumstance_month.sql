-- The circumstances of each month as a bit mask, of the people who could be entitled to anything.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, month_no
select c.person_id, month.month_no, bit_or(k.mask) as mask
from work.circumstance c
join (select distinct person_id from work.entitled) e on e.person_id = c.person_id
join reference.circumstance k on k.circumstance = c.circumstance
join reference.month month on month.month_no >= c.from_no and month.month_no < c.until_no
group by c.person_id, month.month_no
