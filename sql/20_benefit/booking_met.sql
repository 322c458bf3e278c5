-- Bookings on a row without an ID number that a booking with the person's number is too: they bear one payment number.
-- schema: work · pass: bucket · kept as: memory
-- grain: delivery_id, row
select distinct n.month, n.delivery_id, n.row
from work.booking_alike n
join work.booking_alike s on s.person_id = n.person_id and s.record_token = n.record_token and not s.is_named
where n.is_named
