-- Rows with an ID number of deliveries that end in the year, by office and dataset, and those whose number had 15 digits,
-- within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: place, department, dataset
with delivered as (
  select 'civil_affairs' as department, 'elder_register' as dataset, place, period_end, id_quality from staged.elder_register where person_id is not null
  union all
  select 'civil_affairs', 'assistance_roll', place, period_end, id_quality from staged.assistance_roll where person_id is not null
  union all
  select 'civil_affairs', 'benefit_payment', place, period_end, id_quality from staged.benefit_payment where person_id is not null
  union all
  select 'civil_affairs', 'benefit_approval', place, period_end, id_quality from staged.benefit_approval where person_id is not null
  union all
  select 'civil_affairs', 'ability_assessment', place, period_end, id_quality from staged.ability_assessment where person_id is not null
  union all
  select 'civil_affairs', 'service_event', place, period_end, id_quality from staged.service_event where person_id is not null
  union all
  select 'civil_affairs', 'institution_stay', place, period_end, id_quality from staged.institution_stay where person_id is not null
  union all
  select 'civil_affairs', 'family_bed', place, period_end, id_quality from staged.family_bed where person_id is not null
  union all
  select 'civil_affairs', 'renovation', place, period_end, id_quality from staged.renovation where person_id is not null
  union all
  select 'civil_affairs', 'funeral', place, period_end, id_quality from staged.funeral where person_id is not null
  union all
  select 'health', 'death_certificate', place, period_end, id_quality from staged.death_certificate where person_id is not null
  union all
  select 'health', 'family_planning_support', place, period_end, id_quality from staged.family_planning_support where person_id is not null
  union all
  select 'health', 'health_service', place, period_end, id_quality from staged.health_service where person_id is not null
  union all
  select 'medical_insurance', 'enrolment', place, period_end, id_quality from staged.enrolment where person_id is not null
  union all
  select 'medical_insurance', 'ltci_assessment', place, period_end, id_quality from staged.ltci_assessment where person_id is not null
  union all
  select 'medical_insurance', 'ltci_benefit', place, period_end, id_quality from staged.ltci_benefit where person_id is not null
  union all
  select 'medical_insurance', 'inpatient_stay', place, period_end, id_quality from staged.inpatient_stay where person_id is not null
  union all
  select 'disabled_federation', 'disability_certificate', place, period_end, id_quality from staged.disability_certificate where person_id is not null
  union all
  select 'disabled_federation', 'accessibility_renovation', place, period_end, id_quality from staged.accessibility_renovation where person_id is not null
  union all
  select 'disabled_federation', 'day_care', place, period_end, id_quality from staged.day_care where person_id is not null
  union all
  select 'human_resources', 'pension_payment', place, period_end, id_quality from staged.pension_payment where person_id is not null
  union all
  select 'human_resources', 'pension_status', place, period_end, id_quality from staged.pension_status where person_id is not null
  union all
  select 'human_resources', 'work_injury_care', place, period_end, id_quality from staged.work_injury_care where person_id is not null
)
select d.place, d.department, d.dataset, count(*) as rows, count(*) filter (where d.id_quality = 'upgraded15') as upgraded
from delivered d join work.release_year y on y.january <= d.period_end and d.period_end <= y.day
group by d.place, d.department, d.dataset
