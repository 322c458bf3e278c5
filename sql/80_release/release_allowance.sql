-- The two disability allowances of everybody with a certificate in December: due_paid, missing (due and not paid), declined
-- (due, not paid, refused or waived in the last twelve months), undue (paid without being due) or none. Due is what
-- schemas/codes/disability_allowance.csv says of the hukou county, unless a violation bars it (国发〔2015〕52号).
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, benefit
with held as (
  select distinct m.person_id, m.benefit
  from hub.benefit_month m
  join work.release_year y on y.december = m.month
  join work.release_certificate c on c.person_id = m.person_id
  where m.held and m.link_grade <> 'name'
),
subject as (
  select c.person_id, c.category, c.grade, p.hukou_county
  from work.release_certificate c join work.release_person p on p.person_id = c.person_id and p.in_stock
),
due as (
  select distinct s.person_id, a.benefit
  from subject s
  cross join work.release_year y
  join reference.disability_allowance a on starts_with(s.hukou_county, a.place)
    and a.from_month <= y.december and y.december < a.until_month
    and strpos('|' || a.grades || '|', '|' || s.grade || '|') > 0
    and (a.categories = '' or strpos('|' || a.categories || '|', '|' || s.category || '|') > 0)
  left join held on held.person_id = s.person_id and strpos('|' || a.needs || '|', '|' || held.benefit || '|') > 0
  where a.needs = '' or held.person_id is not null
),
barred as (
  select distinct s.person_id, bar.barred as benefit
  from subject s
  cross join work.release_year y
  join held on held.person_id = s.person_id
  join work.bar bar on bar.beside = held.benefit and bar.barred in ('MZ09', 'MZ10')
  join reference.rule_place place on place.rule_id = bar.rule_id and starts_with(s.hukou_county, place.place)
    and place.from_month <= y.december and y.december < place.until_month
),
declined as (
  select distinct s.person_id, a.benefit
  from subject s
  cross join work.release_year y
  join staged.benefit_approval a on a.person_id = s.person_id and a.decision in ('refused', 'waived')
    and coalesce(a.decided_on, a.applied_on) >= y.january and coalesce(a.decided_on, a.applied_on) <= y.day
)
select s.person_id, which.benefit,
  case
    when held.person_id is not null and due.person_id is not null and barred.person_id is null then 'due_paid'
    when held.person_id is not null then 'undue'
    when due.person_id is null or barred.person_id is not null then 'none'
    when declined.person_id is not null then 'declined'
    else 'missing'
  end as state
from subject s
cross join (values ('MZ09'), ('MZ10')) as which(benefit)
left join held on held.person_id = s.person_id and held.benefit = which.benefit
left join due on due.person_id = s.person_id and due.benefit = which.benefit
left join barred on barred.person_id = s.person_id and barred.benefit = which.benefit
left join declined on declined.person_id = s.person_id and declined.benefit = which.benefit
