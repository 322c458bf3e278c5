-- What each person received of each benefit in a year: months, money, and whether December is among them.
-- Sex and age come from the person's number, the place from the register on 31 December; December counts the living.
-- A month that a name alone links to the person counts nobody: a name link adds no recipient and removes none.
-- schema: work · pass: bucket · kept as: memory
-- grain: year, person_id, benefit
with held as (
  select extract(year from month) as year, person_id, benefit,
    -- A bit for each month, so that one which stands there twice counts once.
    bit_or(1 << (extract(month from month) - 1)) as months,
    sum(amount) as amount,
    sum(case when extract(month from month) = 12 then amount else 0 end) as december_amount
  from hub.benefit_month
  where held and link_grade <> 'name'
  group by extract(year from month), person_id, benefit
)
select y.year, held.person_id, held.benefit, p.sex, band.age_band,
  coalesce(r.residence_county, 'unknown') as region,
  (held.months & 1) + ((held.months >> 1) & 1) + ((held.months >> 2) & 1) + ((held.months >> 3) & 1) + ((held.months >> 4) & 1)
    + ((held.months >> 5) & 1) + ((held.months >> 6) & 1) + ((held.months >> 7) & 1) + ((held.months >> 8) & 1)
    + ((held.months >> 9) & 1) + ((held.months >> 10) & 1) + ((held.months >> 11) & 1) as months,
  held.amount,
  ((held.months >> 11) & 1) = 1 and d.person_id is null as in_december,
  case when d.person_id is null then coalesce(held.december_amount, 0) else 0 end as december_amount
from held
join reference.year y on y.year = held.year
join hub.person p on p.person_id = held.person_id
join reference.age_band band
  on extract(year from y.day) - extract(year from p.birth_month) between band.from_age and band.until_age
left join work.register_day r on r.person_id = held.person_id and r.day = y.day
left join work.death d on d.person_id = held.person_id and d.certified and d.death_month <= y.day
