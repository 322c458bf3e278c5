-- Months of long-term care whose days meet nights in hospital. Where an office delivers only a number of days, those and
-- the nights in hospital must be more than the days of the month.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: person_id, month, county, category
with night as (
  select s.person_id, m.month, s.is_weak, greatest(s.admitted_on, m.month) as from_day,
    least(s.discharged_on, m.month + interval '1 month') as until_day
  from work.hospital_stay s
  join (select distinct person_id, month from staged.ltci_benefit) m on m.person_id = s.person_id
  where s.admitted_on < m.month + interval '1 month' and s.discharged_on > m.month and s.discharged_on > s.admitted_on
),
nights as (
  select person_id, month, bool_or(is_weak) as is_weak,
    sum(cast(cast(until_day as date) as integer) - cast(cast(from_day as date) as integer)) as nights
  from night group by person_id, month
),
care as (
  select person_id, month, sum(days) as days, bool_or(from_on is not null and to_on is not null) as is_dated
  from staged.ltci_benefit where person_id is not null group by person_id, month
),
met as (
  select l.person_id, l.month, bool_or(n.is_weak) as is_weak
  from staged.ltci_benefit l
  join night n on n.person_id = l.person_id and n.month = l.month and l.from_on < n.until_day and n.from_day <= l.to_on
  group by l.person_id, l.month
  union all
  select care.person_id, care.month, nights.is_weak
  from care join nights on nights.person_id = care.person_id and nights.month = care.month
  where not care.is_dated and care.days + nights.nights > extract(day from care.month + interval '1 month' - interval '1 day')
)
select m.person_id, m.month, m.county, m.category, m.amount, met.is_weak or m.link_grade <> 'id' as is_weak
from met
join hub.benefit_month m on m.person_id = met.person_id and m.month = met.month and m.benefit = 'YB01'
where m.held
