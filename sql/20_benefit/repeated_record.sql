-- Bookings that were delivered more than once under one payment number: the first delivered row is the booking, of two
-- deliveries of one day the one with the lower id.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, record_token
with several as (
  select person_id, record_token from work.booking
  where record_token is not null
  group by person_id, record_token having count(*) > 1
),
ranked as (
  select b.person_id, b.record_token, b.delivery_id, b.row,
    row_number() over (partition by b.person_id, b.record_token order by b.period_end, b.delivery_id, b.row) as choice,
    count(*) over (partition by b.person_id, b.record_token) as times
  from work.booking b join several s on s.person_id = b.person_id and s.record_token = b.record_token
)
select person_id, record_token, times, delivery_id as first_delivery_id, row as first_row from ranked where choice = 1
