-- The delivered bookings of the person-months in which a rule found a pair: what its flag may rest on.
-- schema: work · pass: bucket · kept as: table · months: own
-- grain: delivery_id, row
with found as (select distinct person_id, month from work.overlap_month)
select b.person_id, b.month, b.benefit, b.county, b.category, b.delivery_id, b.row
from (
  select person_id, month, benefit, county, category, delivery_id, row from work.booking_kept
  union all
  select person_id, month, benefit, county, category, delivery_id, row from work.booking_repeated
) b
join found on found.person_id = b.person_id and found.month = b.month
