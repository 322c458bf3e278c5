-- What became of the delivered bookings of a person: kept, repeat, or set aside because a booking with the person's
-- number makes the month; by dataset, benefit and month.
-- schema: work · pass: bucket · kept as: table · months: own
-- grain: outcome, dataset, benefit, month
select 'kept' as outcome, dataset, benefit, month, count(*) as rows, sum(amount) as amount
from work.booking_kept group by dataset, benefit, month
union all
select 'repeat', dataset, benefit, month, count(*), sum(amount)
from work.booking_repeated group by dataset, benefit, month
union all
select 'set_aside', dataset, benefit, month, count(*), sum(amount)
from work.booking_by_name where not counts group by dataset, benefit, month
