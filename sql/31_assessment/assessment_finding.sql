-- Benefits that an assessment decides about, drawn in months without one in force: `overdue` where an earlier one has run
-- out, `no_basis` where there was none. Only where no delivery of assessments is missing in the year before; whom a name
-- alone links to an assessment is left out.
-- schema: hub · pass: bucket · kept as: table
-- grain: person_id, benefit, county, finding
-- privacy: pseudonymous, sensitive
with drawn as (
  select m.person_id, m.benefit, m.county, month.month, month.month_no
  from hub.benefit_month m
  join reference.assessed_benefit b on b.benefit = m.benefit
  join reference.month month on month.month = m.month
  where m.held and m.link_grade in ('id', 'upgraded15')
),
county as (select distinct county from drawn),
state as (
  select c.county, v.month_no, bool_and(v.is_complete) as is_complete, bool_or(v.dataset = 'ability_assessment') as is_there
  from county c join reference.coverage v on starts_with(c.county, v.place)
  where v.dataset in ('ability_assessment', 'ltci_assessment')
  group by c.county, v.month_no
),
judged as (
  select here.county, here.month_no
  from state here join state before on before.county = here.county
    and before.month_no <= here.month_no and here.month_no - 12 <= before.month_no
  where here.is_there
  group by here.county, here.month_no
  having bool_and(before.is_complete)
),
named as (select distinct person_id from unnumbered.ability_assessment where person_id is not null),
based as (
  select d.person_id, d.benefit, d.county, d.month, d.month_no,
    bool_or(coalesce(a.until_no > d.month_no, false)) as is_in_force, bool_or(a.person_id is not null) as is_known
  from drawn d
  left join work.assessment_made a on a.person_id = d.person_id and a.from_no <= d.month_no
  group by d.person_id, d.benefit, d.county, d.month, d.month_no
)
select b.person_id, b.benefit, b.county, case when b.is_known then 'overdue' else 'no_basis' end as finding,
  min(b.month) as from_month, max(b.month) as until_month, count(*) as months
from based b
join judged on judged.county = b.county and judged.month_no = b.month_no
left join named on named.person_id = b.person_id
where not b.is_in_force and named.person_id is null
group by b.person_id, b.benefit, b.county, b.is_known
