-- What speaks against single events of a settlement: a day in hospital (X36), two at one time (X37), a death or approval
-- (X38). They are listed beside the settlement; only where a place has made the rule a violation does the event come off.
-- schema: hub · pass: bucket · kept as: table
-- grain: person_id, delivery_id, row, rule_id, ground
-- privacy: pseudonymous, sensitive
with hit as (
  select distinct ground, delivery_id, row, is_weak from work.event_hit
  union
  select distinct ground, other_delivery_id, other_row, is_weak from work.event_hit where other_row is not null
),
named as (
  select e.person_id, e.delivery_id, e.row, r.rule_id, h.ground, e.month, e.county, e.provider_code, e.benefit, e.subsidy,
    bool_and(h.is_weak) as is_weak, min(case r.severity when 'violation' then 1 when 'review' then 2 else 3 end) as weight
  from hit h
  join work.purchased_event e on e.delivery_id = h.delivery_id and e.row = h.row
  join reference.rule_pair pair on pair.left_benefit = 'service_event' and pair.right_benefit = h.ground
  join reference.rule r on r.rule_id = pair.rule_id
  join reference.rule_place place on place.rule_id = r.rule_id and starts_with(e.county, place.place)
    and place.from_month <= e.month and e.month < place.until_month
  group by e.person_id, e.delivery_id, e.row, r.rule_id, h.ground, e.month, e.county, e.provider_code, e.benefit, e.subsidy
)
select person_id, delivery_id, row, rule_id, ground, month, county, provider_code, benefit, subsidy as amount,
  case when weight = 3 then 'info' when weight = 2 or is_weak then 'review' else 'violation' end as severity
from named
