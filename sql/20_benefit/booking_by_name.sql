-- Every booking on a row without an ID number that its name links to a person, and whether it counts: it does where no
-- booking with that person's number is the same booking, or makes the same benefit's month in the same county. What a
-- number says is never changed by a name.
-- schema: work · pass: bucket · kept as: table · months: own
-- grain: delivery_id, row
with met as (
  select distinct n.delivery_id, n.row
  from work.booking_named n
  join work.booking_by_number s on s.person_id = n.person_id and s.benefit = n.benefit and s.month = n.month
    and s.county = n.county
  union
  select delivery_id, row from work.booking_met
)
select named.*, met.row is null as counts
from work.booking_named named left join met on met.delivery_id = named.delivery_id and met.row = named.row
