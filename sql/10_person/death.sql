-- Who is dead, since which month, and how sure that is.
-- Dead is a death certificate or else a cremation; a stop with reason death or a register status alone is a death to be
-- confirmed; a later sign of life makes any of them a conflict.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id
with known as (
  select person_id, min(rank) as rank, first_value(month order by rank, month) as death_month
  from work.death_evidence group by person_id
),
sign_of_life as (
  select person_id, assessed_on as seen_on from staged.ability_assessment
  union all select person_id, assessed_on from staged.ltci_assessment
  union all select person_id, admitted_on from staged.institution_stay
  union all select person_id, admitted_on from staged.inpatient_stay
  union all select person_id, cast(to_timestamp_seconds(started_at) as date) from staged.service_event where service = '13'
),
seen as (
  select known.person_id, known.death_month, known.rank, max(sign.seen_on) as seen_on
  from known left join sign_of_life sign on sign.person_id = known.person_id
  group by known.person_id, known.death_month, known.rank
)
select
  person_id,
  death_month,
  case
    when seen_on >= death_month + interval '1 month' then 'death_conflict'
    when rank <= 2 then 'dead'
    else 'death_unconfirmed'
  end as death_status,
  rank <= 2 as certified
from seen
