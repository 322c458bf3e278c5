-- What each person received of each benefit in a year: months, money, and whether December is among them.
-- Sex and age come from the person's number, the place from the register on 31 December; December counts the living.
-- A month that a name alone links to the person counts nobody: a name link adds no recipient and removes none.
-- schema: work · pass: bucket · kept as: memory
-- grain: year, person_id, benefit
with held as (
  select y.year, y.day, m.person_id, m.benefit,
    count(distinct m.month) as months,
    sum(m.amount) as amount,
    bool_or(m.month = y.december) as has_december,
    coalesce(sum(m.amount) filter (where m.month = y.december), 0) as december_amount
  from hub.benefit_month m
  join reference.year y on y.year = extract(year from m.month)
  where m.held and m.link_grade <> 'name'
  group by y.year, y.day, m.person_id, m.benefit
)
select held.year, held.person_id, held.benefit, p.sex, band.age_band,
  coalesce(r.residence_county, 'unknown') as region,
  held.months, held.amount,
  held.has_december and d.person_id is null as in_december,
  case when d.person_id is null then held.december_amount else 0 end as december_amount
from held
join hub.person p on p.person_id = held.person_id
join reference.age_band band
  on extract(year from held.day) - extract(year from p.birth_month) between band.from_age and band.until_age
left join work.register_day r on r.person_id = held.person_id and r.day = held.day
left join work.death d on d.person_id = held.person_id and d.certified and d.death_month <= held.day
