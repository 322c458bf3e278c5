-- What everybody of the release received of each benefit in each month of the year; asked through the guard alone. Months as
-- in work.release_recipient. The money of MZ05 and MZ06 is nobody's own.
-- schema: micro · pass: bucket · kept as: table
-- grain: person_id, benefit, month
-- privacy: one row a person, benefit and month, pseudonymous; for the guard alone
select p.person_id, m.benefit, cast(extract(month from m.month) as varchar) as month,
  coalesce(p.residence_county, 'unknown') as region, p.sex, p.age_band, p.urban_rural,
  case when m.benefit not in ('MZ05', 'MZ06') then cast(coalesce(sum(m.amount), 0) as decimal(18, 2)) end as amount
from hub.benefit_month m
join work.release_year y on y.january <= m.month and m.month <= y.december
join work.release_person p on p.person_id = m.person_id
where m.held and m.link_grade <> 'name' and (p.death_month is null or m.month <= p.death_month)
group by p.person_id, m.benefit, m.month, p.residence_county, p.sex, p.age_band, p.urban_rural
