-- The payment number of every booking that has one, as a hash: by it a number is found again in any month.
-- schema: work · pass: bucket · kept as: table · months: own
-- grain: none (one row per booking with a payment number)
select month, person_id, token_hash(record_token) as hash from work.booking_by_number where record_token is not null
union all
select month, person_id, token_hash(record_token) from work.booking_named where record_token is not null
