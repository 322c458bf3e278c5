-- Bookings whose payment number another booking of the person perhaps bears too, in whatever month. A model of its own,
-- because whoever ranks its few rows in one query with the join would have all bookings sorted first.
-- schema: work · pass: bucket · kept as: table · months: own
-- grain: delivery_id, row
with numbered as (
  select month, person_id, record_token, period_end, delivery_id, row, false as is_named
  from work.booking_by_number where record_token is not null
  union all
  select month, person_id, record_token, period_end, delivery_id, row, true
  from work.booking_named where record_token is not null
)
select b.month, b.person_id, b.record_token, b.period_end, b.delivery_id, b.row, b.is_named
from numbered b
join work.number_alike a on a.person_id = b.person_id and a.month = b.month and a.hash = token_hash(b.record_token)
