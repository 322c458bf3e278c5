-- Every delivered row of a person that carries an ID number.
-- schema: work · pass: first · kept as: view
-- grain: none (one row per delivered row with a person)
select person_id, delivery_id, row from staged.elder_register
union all select person_id, delivery_id, row from staged.assistance_roll
union all select person_id, delivery_id, row from staged.benefit_payment
union all select person_id, delivery_id, row from staged.benefit_approval
union all select person_id, delivery_id, row from staged.ability_assessment
union all select person_id, delivery_id, row from staged.service_event
union all select person_id, delivery_id, row from staged.institution_stay
union all select person_id, delivery_id, row from staged.family_bed
union all select person_id, delivery_id, row from staged.renovation
union all select person_id, delivery_id, row from staged.funeral
union all select person_id, delivery_id, row from staged.death_certificate
union all select person_id, delivery_id, row from staged.family_planning_support
union all select person_id, delivery_id, row from staged.health_service
union all select person_id, delivery_id, row from staged.enrolment
union all select person_id, delivery_id, row from staged.ltci_assessment
union all select person_id, delivery_id, row from staged.ltci_benefit
union all select person_id, delivery_id, row from staged.inpatient_stay
union all select person_id, delivery_id, row from staged.disability_certificate
union all select person_id, delivery_id, row from staged.accessibility_renovation
union all select person_id, delivery_id, row from staged.day_care
union all select person_id, delivery_id, row from staged.pension_payment
union all select person_id, delivery_id, row from staged.pension_status
union all select person_id, delivery_id, row from staged.work_injury_care
