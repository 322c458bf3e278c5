-- The months of payment numbers that several bookings perhaps bear, whoever's they are: their hash is one.
-- schema: work · pass: bucket · kept as: memory
-- grain: month, person_id, hash
with alike as (select hash from work.booking_number group by hash having count(*) > 1)
select distinct n.month, n.person_id, n.hash from work.booking_number n join alike on alike.hash = n.hash
