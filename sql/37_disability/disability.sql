-- Every older person with a disability certificate, in one row: status, both allowances, services, works on the home
-- (内蒙古 二（二）6 「残疾老年人身份识别、待遇享受、服务递送、无障碍环境建设、家庭无障碍改造等资源整合」, 「全面落实残疾人“两项补贴”制度」).
-- `month` is the month that the allowances are judged for, null where nobody has delivered payments; services are of the
-- twelve months until the day of the run. A home adapted by two departments has both dates.
-- schema: hub · pass: bucket · kept as: table
-- grain: person_id
-- privacy: pseudonymous, sensitive
with served as (
  select s.person_id, count(*) as events
  from work.service s cross join reference.run run
  where s.day > run.as_of - interval '12 months'
  group by s.person_id
),
-- The bounds follow hub.benefit_month: one row for each month, whatever the county.
cared as (
  select m.person_id, count(distinct m.month) filter (where m.benefit = 'CL04') as day_care_months,
    count(distinct m.month) filter (where m.benefit = 'YB01') as long_term_care_months
  from hub.benefit_month m
  join work.certificate c on c.person_id = m.person_id and c.is_newest
  cross join reference.run run
  where m.benefit in ('CL04', 'YB01') and m.held and m.month > run.as_of - interval '12 months'
  group by m.person_id
),
works as (
  select person_id, max(done_on) filter (where benefit = 'MZ15') as adapted_on,
    max(done_on) filter (where benefit = 'CL02') as made_accessible_on
  from work.renovation_done group by person_id
)
select c.person_id, coalesce(p.hukou_county, c.county) as county, c.category, c.grade, c.status, c.issued_on, c.valid_to,
  living.month, living.state as living_state, living.amount as living_amount, living.barred_by as living_barred_by,
  nursing.state as nursing_state, nursing.amount as nursing_amount, nursing.barred_by as nursing_barred_by,
  coalesce(served.events, 0) as service_events, coalesce(cared.day_care_months, 0) as day_care_months,
  coalesce(cared.long_term_care_months, 0) as long_term_care_months, works.adapted_on, works.made_accessible_on
from work.certificate c
join hub.person p on p.person_id = c.person_id
left join work.allowance living on living.person_id = c.person_id and living.benefit = 'MZ09'
left join work.allowance nursing on nursing.person_id = c.person_id and nursing.benefit = 'MZ10'
left join served on served.person_id = c.person_id
left join cared on cared.person_id = c.person_id
left join works on works.person_id = c.person_id
where c.is_newest and p.death_status <> 'dead'
