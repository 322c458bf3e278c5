-- Every row without an ID number that its name linked to a person.
-- schema: evidence · pass: whole · kept as: table
-- grain: dataset, delivery_id, row
-- privacy: pseudonymous
select 'elder_register' as dataset, delivery_id, row, person_id from unnumbered.elder_register where person_id is not null
union all
select 'assistance_roll', delivery_id, row, person_id from unnumbered.assistance_roll where person_id is not null
union all
select 'benefit_payment', delivery_id, row, person_id from unnumbered.benefit_payment where person_id is not null
union all
select 'benefit_approval', delivery_id, row, person_id from unnumbered.benefit_approval where person_id is not null
union all
select 'ability_assessment', delivery_id, row, person_id from unnumbered.ability_assessment where person_id is not null
union all
select 'service_event', delivery_id, row, person_id from unnumbered.service_event where person_id is not null
union all
select 'institution_stay', delivery_id, row, person_id from unnumbered.institution_stay where person_id is not null
union all
select 'family_bed', delivery_id, row, person_id from unnumbered.family_bed where person_id is not null
union all
select 'renovation', delivery_id, row, person_id from unnumbered.renovation where person_id is not null
union all
select 'funeral', delivery_id, row, person_id from unnumbered.funeral where person_id is not null
union all
select 'death_certificate', delivery_id, row, person_id from unnumbered.death_certificate where person_id is not null
union all
select 'family_planning_support', delivery_id, row, person_id from unnumbered.family_planning_support where person_id is not null
union all
select 'health_service', delivery_id, row, person_id from unnumbered.health_service where person_id is not null
union all
select 'enrolment', delivery_id, row, person_id from unnumbered.enrolment where person_id is not null
union all
select 'ltci_assessment', delivery_id, row, person_id from unnumbered.ltci_assessment where person_id is not null
union all
select 'ltci_benefit', delivery_id, row, person_id from unnumbered.ltci_benefit where person_id is not null
union all
select 'inpatient_stay', delivery_id, row, person_id from unnumbered.inpatient_stay where person_id is not null
union all
select 'disability_certificate', delivery_id, row, person_id from unnumbered.disability_certificate where person_id is not null
union all
select 'accessibility_renovation', delivery_id, row, person_id from unnumbered.accessibility_renovation where person_id is not null
union all
select 'day_care', delivery_id, row, person_id from unnumbered.day_care where person_id is not null
union all
select 'pension_payment', delivery_id, row, person_id from unnumbered.pension_payment where person_id is not null
union all
select 'pension_status', delivery_id, row, person_id from unnumbered.pension_status where person_id is not null
union all
select 'work_injury_care', delivery_id, row, person_id from unnumbered.work_injury_care where person_id is not null
