-- Bookings that were delivered more than once under one payment number: the first delivered row is the booking.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, record_token
select person_id, record_token, count(*) as times,
  min(cast(period_end as bigint) * 1099511627776 + row) as first_row
from work.booking
where record_token is not null
group by person_id, record_token
having count(*) > 1
