-- What every dataset about people says of the person on each of its rows that carries an ID number: a link by
-- name makes nobody known.
-- schema: work · pass: bucket · kept as: view
-- grain: none (one row per delivered row with a person)
select person_id, sex, birth_month, id_quality, name_ordinal, 'civil_affairs' as department, 'elder_register' as dataset, place, delivery_id, row from staged.elder_register
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'civil_affairs', 'assistance_roll', place, delivery_id, row from staged.assistance_roll
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'civil_affairs', 'benefit_payment', place, delivery_id, row from staged.benefit_payment
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'civil_affairs', 'benefit_approval', place, delivery_id, row from staged.benefit_approval
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'civil_affairs', 'ability_assessment', place, delivery_id, row from staged.ability_assessment
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'civil_affairs', 'service_event', place, delivery_id, row from staged.service_event
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'civil_affairs', 'institution_stay', place, delivery_id, row from staged.institution_stay
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'civil_affairs', 'family_bed', place, delivery_id, row from staged.family_bed
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'civil_affairs', 'renovation', place, delivery_id, row from staged.renovation
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'civil_affairs', 'funeral', place, delivery_id, row from staged.funeral
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'health', 'death_certificate', place, delivery_id, row from staged.death_certificate
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'health', 'family_planning_support', place, delivery_id, row from staged.family_planning_support
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'health', 'health_service', place, delivery_id, row from staged.health_service
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'medical_insurance', 'enrolment', place, delivery_id, row from staged.enrolment
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'medical_insurance', 'ltci_assessment', place, delivery_id, row from staged.ltci_assessment
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'medical_insurance', 'ltci_benefit', place, delivery_id, row from staged.ltci_benefit
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'medical_insurance', 'inpatient_stay', place, delivery_id, row from staged.inpatient_stay
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'disabled_federation', 'disability_certificate', place, delivery_id, row from staged.disability_certificate
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'disabled_federation', 'accessibility_renovation', place, delivery_id, row from staged.accessibility_renovation
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'disabled_federation', 'day_care', place, delivery_id, row from staged.day_care
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'human_resources', 'pension_payment', place, delivery_id, row from staged.pension_payment
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'human_resources', 'pension_status', place, delivery_id, row from staged.pension_status
union all select person_id, sex, birth_month, id_quality, name_ordinal, 'human_resources', 'work_injury_care', place, delivery_id, row from staged.work_injury_care
