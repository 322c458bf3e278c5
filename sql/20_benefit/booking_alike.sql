-- Bookings whose payment number another booking perhaps bears too: their tokens have one hash. A model of its own, because
-- whoever ranks its few rows in one query with the join would have all bookings sorted first.
-- schema: work · pass: bucket · kept as: memory
-- grain: delivery_id, row
with alike as (
  select token_hash(record_token) as hash from work.booking
  where record_token is not null
  group by token_hash(record_token) having count(*) > 1
)
select b.person_id, b.record_token, b.period_end, b.delivery_id, b.row
from work.booking b join alike on alike.hash = token_hash(b.record_token)
