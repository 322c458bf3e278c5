-- The months of payment numbers that several bookings perhaps bear, whoever's they are: their hash is one.
-- schema: work · pass: bucket · kept as: table
-- grain: month, person_id, hash
with alike as (select unnest(repeated_values(hash)) as hash from work.booking_number)
select distinct n.month, n.person_id, n.hash from alike join work.booking_number n on n.hash = alike.hash
