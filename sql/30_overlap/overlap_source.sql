-- The delivered rows that each side of an overlap rests on. What rests on single service events, or on works on a home,
-- rests on those alone.
-- schema: work · pass: bucket · kept as: table
-- grain: rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, from_month, side, delivery_id, row
with side as (
  select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category,
    from_month, until_month, 'left' as side, left_benefit as benefit, left_county as county, left_category as category,
    right_benefit as ground
  from work.overlap_run
  union all
  select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category,
    from_month, until_month, 'right', right_benefit as benefit, right_county as county, right_category as category,
    left_benefit as ground
  from work.overlap_run
),
flagged as (select distinct person_id from work.overlap_run),
-- A certified death rests on certificate and cremation alone.
reported as (
  select e.person_id, e.delivery_id, e.row
  from work.death_evidence e
  join flagged f on f.person_id = e.person_id
  join work.death d on d.person_id = e.person_id
  where e.rank <= 2 or not d.certified
),
-- Of a row without months every month counts; a row without ground counts whatever stands on the other side.
source as (
  select b.person_id, b.benefit, b.month as first_month, b.month as last_month, b.county, b.category,
    cast(null as varchar) as ground, cast(null as varchar) as rule_id, b.delivery_id, b.row
  from work.overlap_booking_row b
  union all
  select s.person_id, s.benefit, s.month as first_month, s.month as last_month, s.county, s.category, cast(null as varchar) as ground,
    cast(null as varchar) as rule_id, s.delivery_id, s.row
  from work.spell_month s join flagged f on f.person_id = s.person_id
  union all
  select d.person_id, 'institution_stay', d.month as first_month, d.month as last_month, d.county, d.institution_code, cast(null as varchar) as ground,
    cast(null as varchar) as rule_id, s.delivery_id, s.row
  from work.stay_day d
  join flagged f on f.person_id = d.person_id
  join work.stay s on s.person_id = d.person_id and s.institution_code = d.institution_code
    and s.admitted_on = d.admitted_on
  union all
  select person_id, 'death', cast(null as date) as first_month, cast(null as date) as last_month,
    cast(null as varchar) as county, cast(null as varchar) as category, cast(null as varchar) as ground,
    cast(null as varchar) as rule_id, delivery_id, row from reported
  union all
  select s.person_id, 'inpatient_stay', cast(date_trunc('month', s.admitted_on) as date),
    cast(date_trunc('month', coalesce(s.discharged_on, s.period_end)) as date), cast(null as varchar) as county,
    cast(null as varchar) as category, cast(null as varchar) as ground, cast(null as varchar) as rule_id, s.delivery_id, s.row
  from staged.inpatient_stay s join flagged f on f.person_id = s.person_id
  union all
  select person_id, 'service_event', month as first_month, month as last_month, left_county, left_category, ground,
    cast(null as varchar) as rule_id, delivery_id, row
  from work.event_hit
  union all
  select person_id, 'service_event', month as first_month, month as last_month, right_county, right_category, ground,
    cast(null as varchar) as rule_id, other_delivery_id, other_row
  from work.event_hit where ground = 'service_event'
  union all
  select s.person_id, 'MZ15', cast(null as date) as first_month, cast(null as date) as last_month, c.county,
    cast(null as varchar) as category, cast(null as varchar) as ground, r.rule_id, s.delivery_id, s.row
  from staged.renovation s join flagged f on f.person_id = s.person_id
  join reference.region_county c on c.code = substr(s.region, 1, 6)
  join reference.rule r on r.type = 'once'
  union all
  select s.person_id, 'CL02', cast(null as date) as first_month, cast(null as date) as last_month, c.county,
    cast(null as varchar) as category, cast(null as varchar) as ground, r.rule_id, s.delivery_id, s.row
  from staged.accessibility_renovation s join flagged f on f.person_id = s.person_id
  join reference.region_county c on c.code = substr(s.region, 1, 6)
  join reference.rule r on r.type = 'once'
  union all
  select person_id, left_benefit, cast(date_trunc('month', greatest(left_on, right_on)) as date),
    cast(date_trunc('month', greatest(left_on, right_on)) as date), left_county, cast(null as varchar), right_benefit,
    rule_id, left_delivery_id, left_row
  from work.household_work
  union all
  select person_id, right_benefit, cast(date_trunc('month', greatest(left_on, right_on)) as date),
    cast(date_trunc('month', greatest(left_on, right_on)) as date), right_county, cast(null as varchar), left_benefit,
    rule_id, right_delivery_id, right_row
  from work.household_work
)
select distinct side.rule_id, side.person_id, side.left_benefit, side.left_county, side.left_category,
  side.right_benefit, side.right_county, side.right_category, side.from_month, side.side, source.delivery_id, source.row
from side
join source on source.person_id = side.person_id and source.benefit = side.benefit
where (source.county is not distinct from side.county)
  and (source.category is not distinct from side.category)
  and (source.first_month is null or (side.from_month <= source.last_month and source.first_month <= side.until_month))
  and (source.ground is null or source.ground = side.ground)
  and (source.rule_id is null or source.rule_id = side.rule_id)
