-- Service events that something speaks against: a full day in hospital, a death in an earlier month, a first approval
-- on a later day, a month in which the person could be eligible in no category, or another event that it overlaps by more
-- than ten minutes. Of a pair the lower subsidy is at risk.
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per event or pair of events, and ground)
with approved as (
  select person_id, min(first_on) as first_on from work.approval
  where benefit in ('service_event', 'MZ11', 'MZ12') group by person_id
),
in_hospital as (
  select distinct s.person_id, s.record_token
  from work.service s
  join work.hospital_stay h on h.person_id = s.person_id and h.admitted_on < s.day and s.day < h.discharged_on
),
single as (
  select 'inpatient_stay' as ground, s.* from work.service s
  join in_hospital h on h.person_id = s.person_id and h.record_token = s.record_token
  union all
  select 'death', s.* from work.service s
  join work.death d on d.person_id = s.person_id and d.certified and d.death_month < s.month
  union all
  select 'approval', s.* from work.service s
  join approved a on a.person_id = s.person_id and s.day < a.first_on
  where s.approved_on > s.day
  union all
  select 'eligibility', s.* from work.service s
  join work.without_category w on w.person_id = s.person_id and w.month = s.month and w.county = s.county
    and w.category = s.category
)
select ground, person_id, month, county as left_county, category as left_category,
  cast(null as varchar) as right_county, cast(null as varchar) as right_category,
  subsidy as left_amount, cast(null as decimal(18, 2)) as right_amount, subsidy as at_risk, link_grade <> 'id' as is_weak,
  delivery_id, row, cast(null as varchar) as other_delivery_id, cast(null as bigint) as other_row
from single
union all
select 'service_event', l.person_id, l.month, l.county as left_county, l.provider_code as left_category,
  r.county as right_county, r.provider_code as right_category, l.subsidy as left_amount, r.subsidy as right_amount,
  least(l.subsidy, r.subsidy) as at_risk, l.link_grade <> 'id' or r.link_grade <> 'id' as is_weak,
  l.delivery_id, l.row, r.delivery_id as other_delivery_id, r.row as other_row
from work.service l
join work.service r on r.person_id = l.person_id and r.day = l.day and r.record_token <> l.record_token
where least(l.ended_at, r.ended_at) - greatest(l.started_at, r.started_at) > interval '10 minutes'
  and (l.county < r.county
    or (l.county = r.county and l.provider_code < r.provider_code)
    or (l.county = r.county and l.provider_code = r.provider_code and l.record_token < r.record_token))
