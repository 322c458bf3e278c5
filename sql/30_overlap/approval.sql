-- The first approval of a benefit that anybody delivered, of the people of whom something was booked or done before the
-- approval on its own row: an office may write the date of the newest approval on every row.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id, benefit
with suspect as (
  select person_id from staged.benefit_payment where approved_on >= month + interval '1 month'
  union
  select person_id from work.service where approved_on > day
),
approved as (
  select person_id, benefit, approved_on from staged.benefit_payment
  union all
  select person_id, benefit, coalesce(decided_on, township_on, community_on, applied_on) from staged.benefit_approval
  where decision = 'approved'
  union all
  select person_id, 'service_event', approved_on from work.service
)
select a.person_id, a.benefit, min(a.approved_on) as first_on
from approved a join suspect s on s.person_id = a.person_id
where a.approved_on is not null
group by a.person_id, a.benefit
