-- The bookings that are repeats of one that was delivered before; no money moved with them.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: none (one row per repeat)
select b.*
from work.booking b
join work.repeated_record r on r.person_id = b.person_id and r.record_token = b.record_token and r.month = b.month
where r.first_delivery_id <> b.delivery_id or r.first_row <> b.row
