-- The two disability allowances of each person with a certificate, in the newest month whose payments the hukou county has
-- delivered (国发〔2015〕52号; who is due is data: schemas/codes/disability_allowance.csv, wider where a place says so).
-- due_paid, excluded (due and not paid: 应享未享), barred (a violation bars it, and it is not paid), declined (refused or
-- waived in the last twelve months), not_due (paid without being due: to be looked at, for a place may pay more people) or
-- none. The one allowance never bars the other (A01), nor
-- does subsistence allowance (A03) or a pension (A18).
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, benefit
with due as (
  select distinct j.person_id, a.benefit
  from work.certified_month j
  join reference.disability_allowance a on starts_with(j.county, a.place)
    and a.from_month <= j.month and j.month < a.until_month
    and strpos('|' || a.grades || '|', '|' || j.grade || '|') > 0
    and (a.categories = '' or strpos('|' || a.categories || '|', '|' || j.category || '|') > 0)
  left join work.held_beside h on h.person_id = j.person_id and strpos('|' || a.needs || '|', '|' || h.benefit || '|') > 0
  where j.in_force and (a.needs = '' or h.person_id is not null)
),
barred as (
  select j.person_id, bar.barred as benefit, min(bar.rule_id) as rule_id
  from work.certified_month j
  join work.held_beside h on h.person_id = j.person_id
  join work.bar bar on bar.beside = h.benefit and bar.barred in ('MZ09', 'MZ10')
  join reference.rule_place place on place.rule_id = bar.rule_id and starts_with(j.county, place.place)
    and place.from_month <= j.month and j.month < place.until_month
  group by j.person_id, bar.barred
),
declined as (
  select distinct j.person_id, a.benefit
  from work.certified_month j
  join staged.benefit_approval a on a.person_id = j.person_id and a.benefit in ('MZ09', 'MZ10')
    and a.decision in ('refused', 'waived')
    and coalesce(a.decided_on, a.applied_on) >= j.month - interval '11 months'
    and coalesce(a.decided_on, a.applied_on) < j.month + interval '1 month'
)
select j.person_id, which.benefit, j.month, due.person_id is not null as is_due, h.person_id is not null as is_paid,
  cast(h.amount as decimal(18, 2)) as amount, barred.rule_id as barred_by,
  case
    when h.person_id is not null and due.person_id is not null and barred.rule_id is null then 'due_paid'
    when h.person_id is not null then 'not_due'
    when due.person_id is not null and barred.rule_id is not null then 'barred'
    when due.person_id is not null and declined.person_id is not null then 'declined'
    when due.person_id is not null then 'excluded'
    else 'none'
  end as state
from work.certified_month j
cross join (values ('MZ09'), ('MZ10')) as which(benefit)
left join due on due.person_id = j.person_id and due.benefit = which.benefit
left join work.held_beside h on h.person_id = j.person_id and h.benefit = which.benefit
left join barred on barred.person_id = j.person_id and barred.benefit = which.benefit
left join declined on declined.person_id = j.person_id and declined.benefit = which.benefit
