-- Everybody counted on 31 December with what statisticians may divide them by; asked through the guard alone.
-- schema: micro · pass: bucket · kept as: table
-- grain: person_id
-- privacy: one row a person, pseudonymous; for the guard alone
with drawn as (
  select person_id, case when min(benefit) <> max(benefit) then 'both' else min(benefit) end as scheme
  from work.release_recipient where in_december and benefit in ('RS01', 'RS02')
  group by person_id
),
held as (
  select person_id, count(*) as benefits from work.release_recipient
  where in_december and benefit not in ('MZ06', 'MZ13', 'MZ15', 'MZ19', 'WJ02')
  group by person_id
)
select p.person_id, coalesce(p.residence_county, 'unknown') as region, p.sex, p.age_band, p.urban_rural, p.situation,
  coalesce(a.level, 'not_assessed') as ability, coalesce(c.grade, 'none') as disability_grade,
  coalesce(d.scheme, 'none') as pension,
  case when h.benefits >= 5 then '5+' else cast(coalesce(h.benefits, 0) as varchar) end as benefits_held
from work.release_person p
left join work.release_assessment a on a.person_id = p.person_id
left join work.release_certificate c on c.person_id = p.person_id
left join drawn d on d.person_id = p.person_id
left join held h on h.person_id = p.person_id
where p.in_stock
