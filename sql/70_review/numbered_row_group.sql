-- How many delivered rows with an ID number say the same of the person. Urban or rural is where the row says the person
-- lives or is served; a pool of an insurance is neither.
-- schema: work · pass: whole · kept as: table
-- grain: sex, birth_month, id_quality, urban_rural
with delivered as (
  select sex, birth_month, id_quality, residence_region_urban_rural as urban_rural from staged.elder_register
  union all select sex, birth_month, id_quality, region_urban_rural from staged.assistance_roll
  union all select sex, birth_month, id_quality, region_urban_rural from staged.benefit_payment
  union all select sex, birth_month, id_quality, region_urban_rural from staged.benefit_approval
  union all select sex, birth_month, id_quality, region_urban_rural from staged.ability_assessment
  union all select sex, birth_month, id_quality, region_urban_rural from staged.service_event
  union all select sex, birth_month, id_quality, region_urban_rural from staged.institution_stay
  union all select sex, birth_month, id_quality, region_urban_rural from staged.family_bed
  union all select sex, birth_month, id_quality, region_urban_rural from staged.renovation
  union all select sex, birth_month, id_quality, region_urban_rural from staged.funeral
  union all select sex, birth_month, id_quality, region_urban_rural from staged.death_certificate
  union all select sex, birth_month, id_quality, region_urban_rural from staged.family_planning_support
  union all select sex, birth_month, id_quality, region_urban_rural from staged.health_service
  union all select sex, birth_month, id_quality, cast(null as varchar) from staged.enrolment
  union all select sex, birth_month, id_quality, cast(null as varchar) from staged.ltci_assessment
  union all select sex, birth_month, id_quality, cast(null as varchar) from staged.ltci_benefit
  union all select sex, birth_month, id_quality, cast(null as varchar) from staged.inpatient_stay
  union all select sex, birth_month, id_quality, region_urban_rural from staged.disability_certificate
  union all select sex, birth_month, id_quality, region_urban_rural from staged.accessibility_renovation
  union all select sex, birth_month, id_quality, region_urban_rural from staged.day_care
  union all select sex, birth_month, id_quality, cast(null as varchar) from staged.pension_payment
  union all select sex, birth_month, id_quality, cast(null as varchar) from staged.pension_status
  union all select sex, birth_month, id_quality, cast(null as varchar) from staged.work_injury_care
)
select sex, birth_month, id_quality, urban_rural, count(*) as rows
from delivered group by sex, birth_month, id_quality, urban_rural
