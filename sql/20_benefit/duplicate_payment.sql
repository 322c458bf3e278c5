-- Repeated deliveries of one booking (no money moved) and months paid twice (money moved), kept apart.
-- schema: hub · pass: bucket · kept as: table
-- grain: person_id, kind, benefit, month, county, category, amount
-- privacy: pseudonymous
select 'repeat' as kind, b.person_id, b.benefit, b.month, b.county, b.category, b.amount, count(*) as extra_rows,
  cast(null as decimal(18, 2)) as paid_again
from work.booking b
join work.repeated_record r on r.person_id = b.person_id and r.record_token = b.record_token
where r.first_delivery_id <> b.delivery_id or r.first_row <> b.row
group by b.person_id, b.benefit, b.month, b.county, b.category, b.amount
union all
select 'paid_twice', person_id, benefit, month, county, category, amount, bookings - 1, cast(at_risk as decimal(18, 2))
from work.paid_twice
