-- The same benefit booked twice as normal: other payment numbers, all else alike, and no reversal in that month.
-- The largest booking is owed, the others are at risk.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: person_id, benefit, month, county, category, amount
with several as (
  select person_id, benefit, month, county, category from hub.benefit_month where form = 'booking' and bookings > 1
),
candidate as (
  select b.*
  from work.booking_several b
  join several s on s.person_id = b.person_id and s.benefit = b.benefit and s.month = b.month and s.county = b.county
    and (s.category is not distinct from b.category)
),
reversed as (
  select distinct person_id, benefit, month, county from work.booking_several where row_type = 'reversal' or amount < 0
)
select c.person_id, c.benefit, c.month, c.county, c.category, c.amount, count(*) as bookings,
  c.amount * (count(*) - 1) as at_risk, max(c.link_grade) as link_grade
from candidate c
left join reversed r on r.person_id = c.person_id and r.benefit = c.benefit and r.month = c.month and r.county = c.county
where c.row_type = 'normal' and c.amount > 0 and c.has_payment_number and r.person_id is null
group by c.person_id, c.benefit, c.month, c.county, c.category, c.amount
having count(*) > 1
