-- Bookings that were delivered more than once under one payment number: the first delivered row is the booking, of two
-- deliveries of one day the one with the lower id.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, record_token
with ranked as (
  select person_id, record_token, delivery_id, row,
    row_number() over (partition by person_id, record_token order by period_end, delivery_id, row) as choice,
    count(*) over (partition by person_id, record_token) as times
  from work.booking_alike
)
select person_id, record_token, times, delivery_id as first_delivery_id, row as first_row
from ranked where choice = 1 and times > 1
