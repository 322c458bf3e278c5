-- What each person of the release received of each benefit in the year: months, money, and whether December is among them.
-- Months after the month of death are none; December counts who is counted on the 31st. A month that a name alone links
-- counts nobody. The amount of MZ05 is
-- the household's and MZ06 is a status: neither has money of a person's own.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, benefit
select p.person_id, m.benefit, p.residence, p.sex, p.age_band, p.urban_rural, p.in_stock,
  count(distinct m.month) as months, case when m.benefit not in ('MZ05', 'MZ06') then coalesce(sum(m.amount), 0) end as amount,
  p.in_stock and bool_or(m.month = y.december) as in_december,
  case when m.benefit not in ('MZ05', 'MZ06') then coalesce(sum(m.amount) filter (where p.in_stock and m.month = y.december), 0) end
    as december_amount
from hub.benefit_month m
join work.release_year y on y.january <= m.month and m.month <= y.december
join work.release_person p on p.person_id = m.person_id
where m.held and m.link_grade <> 'name' and (p.death_month is null or m.month <= p.death_month)
group by p.person_id, m.benefit, p.residence, p.sex, p.age_band, p.urban_rural, p.in_stock
