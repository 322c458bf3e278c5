-- The bookings that count: every booking without its repeats.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: none (one row per kept booking)
select b.*
from work.booking b
left join work.repeated_record r on r.person_id = b.person_id and r.record_token = b.record_token and r.month = b.month
where r.record_token is null or (r.first_delivery_id = b.delivery_id and r.first_row = b.row)
