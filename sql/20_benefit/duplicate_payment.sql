-- Repeated deliveries of one booking (no money moved) and months paid twice (money moved), kept apart.
-- schema: hub · pass: bucket · kept as: table · months: own
-- grain: month, person_id, kind, benefit, county, category, amount
-- privacy: pseudonymous
select 'repeat' as kind, person_id, benefit, month, county, category, amount, count(*) as extra_rows,
  cast(null as decimal(18, 2)) as paid_again
from work.booking_repeated
group by person_id, benefit, month, county, category, amount
union all
select 'paid_twice', person_id, benefit, month, county, category, amount, bookings - 1, cast(at_risk as decimal(18, 2))
from work.paid_twice
