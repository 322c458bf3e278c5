-- Who could be entitled to what in any month, by age, all circumstances of the person together and what is drawn in every
-- month: the few whom the models of months look at. Nobody who is dead, has moved out, or is in no register; a death that
-- nobody certified, or that a later sign of life contradicts, takes nobody off: who is wrongly said to be dead is who
-- receives nothing.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, entitlement_id, rank
with known as (
  select c.person_id, bit_or(k.mask) as mask
  from work.circumstance c join reference.circumstance k on k.circumstance = c.circumstance
  group by c.person_id
),
span as (select count(*) as months, max(month_no) as last_no from reference.month),
drawn as (
  select p.person_id, bit_and(p.mask) as mask, count(*) as months
  from work.person_month p join reference.month month on month.month = p.month
  group by p.person_id
),
subject as (
  select p.person_id, coalesce(known.mask, 0) as mask,
    case when drawn.months = span.months then drawn.mask else 0 end as drawn,
    cast(extract(year from p.birth_month) * 12 + extract(month from p.birth_month) - 1 as bigint) as birth_no
  from hub.person p
  cross join span
  left join known on known.person_id = p.person_id
  left join drawn on drawn.person_id = p.person_id
  where p.death_status <> 'dead' and p.register_status in ('active', 'dead') and p.birth_month is not null
),
pattern as (select distinct mask, drawn from subject),
hit as (
  select pattern.mask, pattern.drawn, e.entitlement_id, e.rank, e.min_age * 12 as min_months
  from pattern cross join reference.entitlement e
  where e.purpose in ('category', 'gap')
    and (e.need_1 = 0 or (pattern.mask & e.need_1) <> 0)
    and (e.need_2 = 0 or (pattern.mask & e.need_2) <> 0)
    and (e.need_3 = 0 or (pattern.mask & e.need_3) <> 0)
    and (pattern.drawn & e.unless_held) = 0
)
select s.person_id, hit.entitlement_id, hit.rank, s.birth_no
from subject s
cross join span
join hit on hit.mask = s.mask and hit.drawn = s.drawn
where span.last_no - s.birth_no >= hit.min_months
