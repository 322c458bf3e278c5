-- How many delivered rows without an ID number say the same of the person, as `work.numbered_row_group` has it, and how
-- many of them could be linked to nobody.
-- schema: work · pass: whole · kept as: table
-- grain: sex, birth_month, id_quality, urban_rural
with delivered as (
  select sex, birth_month, id_quality, residence_region_urban_rural as urban_rural, person_id from unnumbered.elder_register
  union all select sex, birth_month, id_quality, region_urban_rural, person_id from unnumbered.assistance_roll
  union all select sex, birth_month, id_quality, region_urban_rural, person_id from unnumbered.benefit_payment
  union all select sex, birth_month, id_quality, region_urban_rural, person_id from unnumbered.benefit_approval
  union all select sex, birth_month, id_quality, region_urban_rural, person_id from unnumbered.ability_assessment
  union all select sex, birth_month, id_quality, region_urban_rural, person_id from unnumbered.service_event
  union all select sex, birth_month, id_quality, region_urban_rural, person_id from unnumbered.institution_stay
  union all select sex, birth_month, id_quality, region_urban_rural, person_id from unnumbered.family_bed
  union all select sex, birth_month, id_quality, region_urban_rural, person_id from unnumbered.renovation
  union all select sex, birth_month, id_quality, region_urban_rural, person_id from unnumbered.funeral
  union all select sex, birth_month, id_quality, region_urban_rural, person_id from unnumbered.death_certificate
  union all select sex, birth_month, id_quality, region_urban_rural, person_id from unnumbered.family_planning_support
  union all select sex, birth_month, id_quality, region_urban_rural, person_id from unnumbered.health_service
  union all select sex, birth_month, id_quality, cast(null as varchar), person_id from unnumbered.enrolment
  union all select sex, birth_month, id_quality, cast(null as varchar), person_id from unnumbered.ltci_assessment
  union all select sex, birth_month, id_quality, cast(null as varchar), person_id from unnumbered.ltci_benefit
  union all select sex, birth_month, id_quality, cast(null as varchar), person_id from unnumbered.inpatient_stay
  union all select sex, birth_month, id_quality, region_urban_rural, person_id from unnumbered.disability_certificate
  union all select sex, birth_month, id_quality, region_urban_rural, person_id from unnumbered.accessibility_renovation
  union all select sex, birth_month, id_quality, region_urban_rural, person_id from unnumbered.day_care
  union all select sex, birth_month, id_quality, cast(null as varchar), person_id from unnumbered.pension_payment
  union all select sex, birth_month, id_quality, cast(null as varchar), person_id from unnumbered.pension_status
  union all select sex, birth_month, id_quality, cast(null as varchar), person_id from unnumbered.work_injury_care
)
select sex, birth_month, id_quality, urban_rural, count(*) as rows, count(*) - count(person_id) as unlinked
from delivered group by sex, birth_month, id_quality, urban_rural
