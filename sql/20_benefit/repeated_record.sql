-- Bookings that were delivered more than once under one payment number, in each month that one of them is for: the first
-- delivered row is the booking, of two deliveries of one day the one with the lower id.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, record_token, month
with counted as (
  select a.month, a.person_id, a.record_token, a.period_end, a.delivery_id, a.row
  from work.booking_alike a
  left join work.booking_by_name n on n.delivery_id = a.delivery_id and n.row = a.row
  where not a.is_named or n.counts
),
ranked as (
  select person_id, record_token, delivery_id, row,
    row_number() over (partition by person_id, record_token order by period_end, delivery_id, row) as choice,
    count(*) over (partition by person_id, record_token) as times
  from counted
)
select distinct r.person_id, r.record_token, c.month, r.times, r.delivery_id as first_delivery_id, r.row as first_row
from ranked r join counted c on c.person_id = r.person_id and c.record_token = r.record_token
where r.choice = 1 and r.times > 1
