-- Rows about older people that were delivered for the year, and what became of them: the finest cells. `named` are rows
-- without an ID number that a name links to somebody, `unlinked` those that nobody can be linked to. The region is the place
-- of the office.
-- schema: release · pass: whole · kept as: table
-- grain: region, department, dataset
-- privacy: counts of rows, not protected; for the release alone
with delivered as (
  select 'civil_affairs' as department, 'elder_register' as dataset, place, period_end, person_id from unnumbered.elder_register
  union all
  select 'civil_affairs', 'assistance_roll', place, period_end, person_id from unnumbered.assistance_roll
  union all
  select 'civil_affairs', 'benefit_payment', place, period_end, person_id from unnumbered.benefit_payment
  union all
  select 'civil_affairs', 'benefit_approval', place, period_end, person_id from unnumbered.benefit_approval
  union all
  select 'civil_affairs', 'ability_assessment', place, period_end, person_id from unnumbered.ability_assessment
  union all
  select 'civil_affairs', 'service_event', place, period_end, person_id from unnumbered.service_event
  union all
  select 'civil_affairs', 'institution_stay', place, period_end, person_id from unnumbered.institution_stay
  union all
  select 'civil_affairs', 'family_bed', place, period_end, person_id from unnumbered.family_bed
  union all
  select 'civil_affairs', 'renovation', place, period_end, person_id from unnumbered.renovation
  union all
  select 'civil_affairs', 'funeral', place, period_end, person_id from unnumbered.funeral
  union all
  select 'health', 'death_certificate', place, period_end, person_id from unnumbered.death_certificate
  union all
  select 'health', 'family_planning_support', place, period_end, person_id from unnumbered.family_planning_support
  union all
  select 'health', 'health_service', place, period_end, person_id from unnumbered.health_service
  union all
  select 'medical_insurance', 'enrolment', place, period_end, person_id from unnumbered.enrolment
  union all
  select 'medical_insurance', 'ltci_assessment', place, period_end, person_id from unnumbered.ltci_assessment
  union all
  select 'medical_insurance', 'ltci_benefit', place, period_end, person_id from unnumbered.ltci_benefit
  union all
  select 'medical_insurance', 'inpatient_stay', place, period_end, person_id from unnumbered.inpatient_stay
  union all
  select 'disabled_federation', 'disability_certificate', place, period_end, person_id from unnumbered.disability_certificate
  union all
  select 'disabled_federation', 'accessibility_renovation', place, period_end, person_id from unnumbered.accessibility_renovation
  union all
  select 'disabled_federation', 'day_care', place, period_end, person_id from unnumbered.day_care
  union all
  select 'human_resources', 'pension_payment', place, period_end, person_id from unnumbered.pension_payment
  union all
  select 'human_resources', 'pension_status', place, period_end, person_id from unnumbered.pension_status
  union all
  select 'human_resources', 'work_injury_care', place, period_end, person_id from unnumbered.work_injury_care
),
counted as (
  select place, department, dataset, sum(rows) as records, sum(upgraded) as upgraded, 0 as named, 0 as unlinked
  from work.quality_part group by place, department, dataset
  union all
  select d.place, d.department, d.dataset, count(*), 0, count(d.person_id), count(*) - count(d.person_id)
  from delivered d join work.released_year y on y.january <= d.period_end and d.period_end <= y.day
  group by d.place, d.department, d.dataset
)
select place as region, department, dataset,
  cast(sum(records) as bigint) as records, cast(sum(upgraded) as bigint) as upgraded, cast(sum(named) as bigint) as named,
  cast(sum(unlinked) as bigint) as unlinked
from counted group by place, department, dataset
