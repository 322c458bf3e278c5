-- The bookings that count: every booking without its repeats. Whether one has a payment number is asked before the join,
-- which would carry on the number, the widest of all columns.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: none (one row per kept booking)
with booking as (select *, record_token is not null as has_payment_number from work.booking)
select b.person_id, b.benefit, b.month, b.county, b.category, b.amount, b.row_type, b.has_payment_number, b.link_grade,
  b.dataset, b.delivery_id, b.row
from booking b
left join work.repeated_record r on r.person_id = b.person_id and r.record_token = b.record_token and r.month = b.month
where r.record_token is null or (r.first_delivery_id = b.delivery_id and r.first_row = b.row)
