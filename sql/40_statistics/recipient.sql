-- What each person received of each benefit in a year: months, money, and whether December is among them, which counts the living.
-- schema: work · pass: bucket · kept as: memory
-- grain: year, person_id, benefit
with held as (
  select year, person_id, benefit, bit_or(months) as months, sum(amount) as amount, sum(december_amount) as december_amount
  from work.received group by year, person_id, benefit
)
select p.year, p.person_id, held.benefit, p.sex, p.age_band, p.region,
  (held.months & 1) + ((held.months >> 1) & 1) + ((held.months >> 2) & 1) + ((held.months >> 3) & 1) + ((held.months >> 4) & 1)
    + ((held.months >> 5) & 1) + ((held.months >> 6) & 1) + ((held.months >> 7) & 1) + ((held.months >> 8) & 1)
    + ((held.months >> 9) & 1) + ((held.months >> 10) & 1) + ((held.months >> 11) & 1) as months,
  held.amount,
  ((held.months >> 11) & 1) = 1 and not p.is_dead as in_december,
  case when p.is_dead then 0 else coalesce(held.december_amount, 0) end as december_amount
from held
join work.person_year p on p.year = held.year and p.person_id = held.person_id
