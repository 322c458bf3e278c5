-- The months of service events in which the person could be eligible in no category of the programme that pays them,
-- whatever is not known: a level of disability or dementia that an assessment could prove, and what the register leaves
-- empty, or what a row says that another name or a name alone links, is taken to hold, in every month. Only of who stands in a register
-- read for the month, and only where the rolls that could make somebody eligible are complete: what is missing speaks
-- against nobody.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id, month, county, category
with complete as (
  select here.county, v.month_no
  from (select distinct county from work.served_category) here
  join reference.coverage v on starts_with(here.county, v.place)
  where v.dataset in ('assistance_roll', 'family_planning_support')
  group by here.county, v.month_no
  having bool_and(v.is_complete) and count(distinct v.dataset) = 2
),
person as (select distinct person_id from work.served_category),
provable as (
  select bit_or(mask) as mask from reference.circumstance
  where circumstance in
    ('care_mild', 'care_moderate', 'care_severe', 'dementia_mild', 'dementia_moderate', 'dementia_severe')
),
-- Rows of the rolls that another name, or a name alone, links: benefit, or kind of support, and how the destitute are kept.
perhaps as (
  select s.person_id, s.benefit as says, s.support_mode
  from staged.assistance_roll s
  join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
  union all
  select person_id, benefit, support_mode from unnumbered.assistance_roll where person_id is not null
  union all
  select s.person_id, s.kind, cast(null as varchar)
  from staged.family_planning_support s
  join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
  union all
  select person_id, kind, cast(null as varchar) from unnumbered.family_planning_support where person_id is not null
),
-- What such a row makes hold, or a register that says nothing of it.
possible as (
  select perhaps.person_id, bit_or(k.mask) as mask
  from perhaps
  join reference.circumstance k
    on (perhaps.says = 'MZ05' and k.circumstance = 'low_income') or (perhaps.says = 'MZ06' and k.circumstance = 'borderline')
    or (perhaps.says = 'MZ07' and k.circumstance = 'destitute')
    or (perhaps.says = 'MZ07' and k.circumstance = 'destitute_dispersed' and coalesce(perhaps.support_mode, '') <> 'central')
    or (perhaps.says = 'death' and k.circumstance = 'only_child_dead')
    or (perhaps.says = 'disability' and k.circumstance = 'only_child_disabled')
  group by perhaps.person_id
  union all
  select r.person_id, bit_or(k.mask)
  from staged.elder_register r
  join person on person.person_id = r.person_id
  cross join reference.circumstance k
  where (k.circumstance = 'alone' and r.living_alone is null and r.living is null)
    or (k.circumstance = 'empty_nest' and r.empty_nest is null and r.living is null)
    or (k.circumstance = 'left_behind' and r.left_behind is null and r.living is null)
    or (k.circumstance = 'merit' and r.merit is null)
  group by r.person_id
),
anyhow as (select person_id, bit_or(mask) as mask from possible group by person_id),
known as (
  select asked.person_id, asked.month_no, bit_or(k.mask) as mask
  from (select distinct person_id, month_no from work.served_category) asked
  join work.circumstance c on c.person_id = asked.person_id and c.from_no <= asked.month_no and asked.month_no < c.until_no
  join reference.circumstance k on k.circumstance = c.circumstance
  group by asked.person_id, asked.month_no
),
subject as (
  select asked.person_id, asked.month, asked.month_no, asked.county, asked.category, asked.benefit,
    coalesce(known.mask, 0) | coalesce(anyhow.mask, 0) | coalesce(provable.mask, 0) as mask,
    r.hukou_county, r.residence_county, r.residence_since,
    cast(extract(year from p.birth_month) * 12 + extract(month from p.birth_month) - 1 as bigint) as birth_no
  from work.served_category asked
  join complete on complete.county = asked.county and complete.month_no = asked.month_no
  join hub.person p on p.person_id = asked.person_id
  join work.register_span r on r.person_id = asked.person_id and r.from_no <= asked.month_no and asked.month_no < r.until_no
  cross join provable
  left join anyhow on anyhow.person_id = asked.person_id
  left join known on known.person_id = asked.person_id and known.month_no = asked.month_no
),
-- Before a programme began, or after it ended, its conditions say nothing.
in_force as (
  select benefit, place, min(from_month) as from_month,
    max(coalesce(until_month, date '9999-01-01')) as until_month
  from reference.entitlement where purpose = 'category'
  group by benefit, place
)
-- At another place the programme's conditions of residence speak for that place; what is not known is taken to be met.
select s.person_id, s.month, s.county, s.category
from subject s
join in_force on in_force.benefit = s.benefit and starts_with(s.county, in_force.place)
  and (in_force.from_month is null or in_force.from_month <= s.month) and s.month < in_force.until_month
join reference.entitlement e on e.purpose = 'category' and e.benefit = s.benefit and starts_with(s.county, e.place)
group by s.person_id, s.month, s.county, s.category
having not bool_or(
  (not e.by_hukou or s.hukou_county is null or starts_with(s.hukou_county, e.place))
  and (not e.by_residence or s.residence_county is null or starts_with(s.residence_county, e.place))
  and (s.birth_no is null or s.birth_no + e.min_age * 12 <= s.month_no)
  and (e.resided_months = 0 or s.residence_since is null
    or cast(extract(year from s.residence_since) * 12 + extract(month from s.residence_since) - 1 as bigint)
      + e.resided_months <= s.month_no)
  and (e.need_1 = 0 or (s.mask & e.need_1) <> 0)
  and (e.need_2 = 0 or (s.mask & e.need_2) <> 0)
  and (e.need_3 = 0 or (s.mask & e.need_3) <> 0)
)
