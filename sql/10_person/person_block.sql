-- What every dataset about people says of the person on each of its rows that carries an ID number: a link by
-- name makes nobody known.
-- schema: work · pass: bucket · kept as: view
-- grain: none (one row per delivered row with a person)
select person_id, sex, birth_month, name_ordinal, 'elder_register' as dataset from staged.elder_register
union all select person_id, sex, birth_month, name_ordinal, 'assistance_roll' from staged.assistance_roll
union all select person_id, sex, birth_month, name_ordinal, 'benefit_payment' from staged.benefit_payment
union all select person_id, sex, birth_month, name_ordinal, 'benefit_approval' from staged.benefit_approval
union all select person_id, sex, birth_month, name_ordinal, 'ability_assessment' from staged.ability_assessment
union all select person_id, sex, birth_month, name_ordinal, 'service_event' from staged.service_event
union all select person_id, sex, birth_month, name_ordinal, 'institution_stay' from staged.institution_stay
union all select person_id, sex, birth_month, name_ordinal, 'family_bed' from staged.family_bed
union all select person_id, sex, birth_month, name_ordinal, 'renovation' from staged.renovation
union all select person_id, sex, birth_month, name_ordinal, 'funeral' from staged.funeral
union all select person_id, sex, birth_month, name_ordinal, 'death_certificate' from staged.death_certificate
union all select person_id, sex, birth_month, name_ordinal, 'family_planning_support' from staged.family_planning_support
union all select person_id, sex, birth_month, name_ordinal, 'health_service' from staged.health_service
union all select person_id, sex, birth_month, name_ordinal, 'enrolment' from staged.enrolment
union all select person_id, sex, birth_month, name_ordinal, 'ltci_assessment' from staged.ltci_assessment
union all select person_id, sex, birth_month, name_ordinal, 'ltci_benefit' from staged.ltci_benefit
union all select person_id, sex, birth_month, name_ordinal, 'inpatient_stay' from staged.inpatient_stay
union all select person_id, sex, birth_month, name_ordinal, 'disability_certificate' from staged.disability_certificate
union all select person_id, sex, birth_month, name_ordinal, 'accessibility_renovation' from staged.accessibility_renovation
union all select person_id, sex, birth_month, name_ordinal, 'day_care' from staged.day_care
union all select person_id, sex, birth_month, name_ordinal, 'pension_payment' from staged.pension_payment
union all select person_id, sex, birth_month, name_ordinal, 'pension_status' from staged.pension_status
union all select person_id, sex, birth_month, name_ordinal, 'work_injury_care' from staged.work_injury_care
