-- Rules of type time, and duplicate stays: days of an institution stay that meet days of a family bed, or of another
-- stay; days of long-term care that meet days in hospital; service events on days in hospital, or at one time.
-- A family bed without a register row, and any other benefit, is taken to meet only a stay that covers the whole month.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: rule_id, person_id, month, left_benefit, left_county, left_category, right_benefit, right_county, right_category
with ground as (
  select need.rule_id, need.left_benefit, fact.person_id, fact.month, count(*) as facts,
    bool_or(fact.link_grade <> 'id') as is_weak
  from reference.rule_need need
  join reference.rule r on r.rule_id = need.rule_id and r.type = 'time'
  join work.fact_month fact on fact.fact = need.fact
  group by need.rule_id, need.left_benefit, fact.person_id, fact.month
),
bed as (
  select m.person_id, m.month, m.benefit, m.county, m.category, m.amount, m.link_grade,
    coalesce(d.link_grade, 'id') as bed_grade, d.from_day, d.until_day,
    d.person_id is not null as registered
  from hub.benefit_month m
  join reference.rule_pair pair on pair.left_benefit = m.benefit and pair.right_benefit = 'institution_stay'
  left join work.bed_day d on d.person_id = m.person_id and d.month = m.month and m.benefit = 'MZ14'
  where m.held
)
select r.rule_id, bed.person_id, bed.month,
  bed.benefit as left_benefit, bed.county as left_county, bed.category as left_category, bed.amount as left_amount,
  cast('institution_stay' as varchar) as right_benefit, stay.county as right_county, stay.institution_code as right_category,
  cast(null as decimal(18, 2)) as right_amount,
  bed.amount as at_risk,
  case
    when bool_or(bed.link_grade <> 'id' or bed.bed_grade <> 'id' or stay.link_grade <> 'id' or coalesce(ground.is_weak, false))
      then 'review'
    else 'violation'
  end as at_most
from bed
join work.stay_day stay on stay.person_id = bed.person_id and stay.month = bed.month
join reference.rule r on r.type = 'time'
join reference.rule_pair pair on pair.rule_id = r.rule_id and pair.left_benefit = bed.benefit
  and pair.right_benefit = 'institution_stay'
join reference.rule_place place on place.rule_id = r.rule_id
  and starts_with(bed.county, place.place) and place.from_month <= bed.month and bed.month < place.until_month
left join ground on ground.rule_id = r.rule_id and ground.left_benefit = bed.benefit and ground.person_id = bed.person_id
  and ground.month = bed.month
where coalesce(ground.facts, 0) = pair.needs
  and ((bed.registered and bed.from_day < stay.until_day and stay.from_day < bed.until_day)
    or (not bed.registered and stay.from_day = bed.month and stay.until_day = bed.month + interval '1 month'))
group by r.rule_id, bed.person_id, bed.month, bed.benefit, bed.county, bed.category, bed.amount, stay.county, stay.institution_code
union all
select r.rule_id, a.person_id, a.month,
  cast('institution_stay' as varchar) as left_benefit, a.county as left_county, a.institution_code as left_category,
  cast(null as decimal(18, 2)) as left_amount,
  cast('institution_stay' as varchar) as right_benefit, b.county as right_county, b.institution_code as right_category,
  cast(null as decimal(18, 2)) as right_amount,
  cast(null as decimal(18, 2)) as at_risk,
  case when bool_or(a.link_grade <> 'id' or b.link_grade <> 'id') then 'review' else 'violation' end as at_most
from work.stay_day a
join work.stay_day b on b.person_id = a.person_id and b.month = a.month
join reference.rule r on r.type = 'duplicate' and r.differs_in = 'stay'
join reference.rule_place place on place.rule_id = r.rule_id
  and starts_with(a.county, place.place) and place.from_month <= a.month and a.month < place.until_month
where (a.county < b.county
    or (a.county = b.county and a.institution_code < b.institution_code)
    or (a.county = b.county and a.institution_code = b.institution_code and a.admitted_on < b.admitted_on))
  and a.from_day < b.until_day and b.from_day < a.until_day
group by r.rule_id, a.person_id, a.month, a.county, a.institution_code, b.county, b.institution_code
union all
select r.rule_id, care.person_id, care.month,
  cast('YB01' as varchar) as left_benefit, care.county as left_county, care.category as left_category, care.amount as left_amount,
  cast('inpatient_stay' as varchar) as right_benefit, cast(null as varchar) as right_county,
  cast(null as varchar) as right_category, cast(null as decimal(18, 2)) as right_amount,
  care.amount as at_risk,
  case when care.is_weak then 'review' else 'violation' end as at_most
from work.care_in_hospital care
join reference.rule_pair pair on pair.left_benefit = 'YB01' and pair.right_benefit = 'inpatient_stay'
join reference.rule r on r.rule_id = pair.rule_id and r.type = 'time'
join reference.rule_place place on place.rule_id = r.rule_id
  and starts_with(care.county, place.place) and place.from_month <= care.month and care.month < place.until_month
union all
select r.rule_id, hit.person_id, hit.month,
  cast('service_event' as varchar) as left_benefit, hit.left_county, hit.left_category, sum(hit.left_amount) as left_amount,
  hit.ground as right_benefit, hit.right_county, hit.right_category, sum(hit.right_amount) as right_amount,
  sum(hit.at_risk) as at_risk,
  case when bool_or(hit.is_weak) then 'review' else 'violation' end as at_most
from work.event_hit hit
join reference.rule_pair pair on pair.left_benefit = 'service_event' and pair.right_benefit = hit.ground
join reference.rule r on r.rule_id = pair.rule_id and r.type = 'time'
join reference.rule_place place on place.rule_id = r.rule_id
  and starts_with(hit.left_county, place.place) and place.from_month <= hit.month and hit.month < place.until_month
group by r.rule_id, hit.person_id, hit.month, hit.left_county, hit.left_category, hit.ground, hit.right_county,
  hit.right_category
