-- How many people of each township are eligible for a programme in a month and are not cared for otherwise (in an
-- institution, 集中), and how many of them draw it: a payment or a subsidised service of the month. Only months that the
-- gaps of the programme may be judged in, within one bucket. Township of residence; null where the register names none.
-- schema: work · pass: bucket · kept as: table
-- grain: benefit, county, township, month
with drawn as (
  select 'MZ11' as benefit, mask from reference.circumstance where circumstance = 'home_service_drawn'
  union all
  select 'MZ12', mask from reference.circumstance where circumstance = 'meal_service_drawn'
),
member as (
  select e.person_id, e.benefit, e.month, e.residence_county as county,
    (e.held & d.unless_held) <> 0 or (e.mask & drawn.mask) <> 0 as is_covered, (e.mask & d.unless_mask) <> 0 as is_excused
  from work.eligible_month e
  join reference.entitlement d on d.purpose = 'eligible' and d.benefit = e.benefit
  join drawn on drawn.benefit = e.benefit
  join work.judged hukou on hukou.gap_kind = d.entitlement_id and hukou.county = e.hukou_county and hukou.month_no = e.month_no
  join work.judged residence on residence.gap_kind = d.entitlement_id and residence.county = e.residence_county
    and residence.month_no = e.month_no
)
select m.benefit, m.county,
  case when p.residence_county = m.county and length(p.residence_region) >= 9 then substr(p.residence_region, 1, 9) end as township,
  m.month, count(*) as persons, count(*) filter (where m.is_covered) as covered
from member m join hub.person p on p.person_id = m.person_id
where m.is_covered or not m.is_excused
group by m.benefit, m.county, township, m.month
