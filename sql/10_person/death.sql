-- Who is dead, since which month, and how sure that is.
-- Dead is a death certificate or else a cremation whose row carried the person's own 18-digit number; a stop with reason
-- death or a register status alone is a death to be confirmed; a later sign of life makes any of them a conflict.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id
with evidence as (
  select person_id, 1 as rank, death_month as month from staged.death_certificate where id_quality <> 'upgraded15'
  union all
  select person_id, 2, death_month from staged.funeral where id_quality <> 'upgraded15'
  union all
  select person_id, 3, cast(date_trunc('month', stopped_on) as date) from staged.pension_status where stop_reason = 'death'
  union all
  select person_id, 3, cast(date_trunc('month', stopped_on) as date) from staged.enrolment where stop_reason = 'death'
  union all
  select person_id, 4, cast(date_trunc('month', updated_on) as date) from staged.elder_register where status = 'dead'
),
dated as (
  select person_id, rank, min(month) as month from evidence
  where person_id is not null and month is not null
  group by person_id, rank
),
best as (select person_id, min(rank) as rank from dated group by person_id),
known as (
  select best.person_id, best.rank, dated.month as death_month
  from best join dated on dated.person_id = best.person_id and dated.rank = best.rank
),
sign_of_life as (
  select person_id, assessed_on as seen_on from staged.ability_assessment
  union all select person_id, assessed_on from staged.ltci_assessment
  union all select person_id, admitted_on from staged.institution_stay
  union all select person_id, admitted_on from staged.inpatient_stay
  union all select person_id, cast(started_at as date) from staged.service_event where service = '13'
),
last_seen as (select person_id, max(seen_on) as seen_on from sign_of_life where person_id is not null group by person_id)
select
  known.person_id,
  known.death_month,
  case
    when last_seen.seen_on >= known.death_month + interval '1 month' then 'death_conflict'
    when known.rank <= 2 then 'dead'
    else 'death_unconfirmed'
  end as death_status,
  known.rank <= 2 as certified
from known left join last_seen on last_seen.person_id = known.person_id
