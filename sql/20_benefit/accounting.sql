-- What became of the delivered bookings of a person: kept, repeat, or set aside because a booking with the person's
-- number makes the month; by dataset, benefit and month.
-- schema: work · pass: bucket · kept as: table
-- grain: outcome, dataset, benefit, month
select 'kept' as outcome, dataset, benefit, month, count(*) as rows, sum(amount) as amount
from work.booking_kept group by dataset, benefit, month
union all
select 'repeat', b.dataset, b.benefit, b.month, count(*), sum(b.amount)
from work.booking b
join work.repeated_record r on r.person_id = b.person_id and r.record_token = b.record_token
where r.first_delivery_id <> b.delivery_id or r.first_row <> b.row
group by b.dataset, b.benefit, b.month
union all
select 'set_aside', dataset, benefit, month, count(*), sum(amount)
from work.booking_by_name where not counts group by dataset, benefit, month
