-- What each person received of each benefit in a year: months, money, and whether December is among them.
-- Sex and age come from the person's number, the place from the register on 31 December; December counts the living.
-- schema: work · pass: bucket · kept as: memory
-- grain: year, person_id, benefit
select y.year, m.person_id, m.benefit,
  p.sex, band.age_band,
  coalesce(r.residence_county, 'unknown') as region,
  count(distinct m.month) as months,
  sum(m.amount) as amount,
  bool_or(m.month = y.december and d.person_id is null) as in_december,
  coalesce(sum(m.amount) filter (where m.month = y.december and d.person_id is null), 0) as december_amount
from hub.benefit_month m
join reference.year y on y.january <= m.month and m.month <= y.december
join hub.person p on p.person_id = m.person_id
join reference.age_band band
  on extract(year from y.day) - extract(year from p.birth_month) between band.from_age and band.until_age
left join work.register_day r on r.person_id = m.person_id and r.day = y.day
left join work.death d on d.person_id = m.person_id and d.certified and d.death_month <= y.day
where m.held
group by y.year, m.person_id, m.benefit, p.sex, band.age_band, coalesce(r.residence_county, 'unknown')
