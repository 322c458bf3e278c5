-- The bookings of whoever has several for one benefit in a month.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: none (one row per kept booking of such a person)
with several as (select distinct person_id from hub.benefit_month where form = 'booking' and bookings > 1)
select b.person_id, b.benefit, b.month, b.county, b.category, b.amount, b.row_type, b.has_payment_number, b.link_grade
from several join work.booking_kept b on b.person_id = several.person_id
