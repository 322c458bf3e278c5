-- The rows by which each department knows the people of open gaps, from the rolls that say who somebody is: only an office
-- with a row of its own is asked about a gap.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id, delivery_id, row
with open as (select distinct person_id from work.gap_run where is_open),
known as (
  select person_id, delivery_id, row from staged.elder_register
  union all select person_id, delivery_id, row from staged.assistance_roll
  union all select person_id, delivery_id, row from staged.ability_assessment
  union all select person_id, delivery_id, row from staged.family_planning_support
  union all select person_id, delivery_id, row from staged.health_service
  union all select person_id, delivery_id, row from staged.enrolment
  union all select person_id, delivery_id, row from staged.ltci_assessment
  union all select person_id, delivery_id, row from staged.disability_certificate
  union all select person_id, delivery_id, row from staged.pension_status
  union all select person_id, delivery_id, row from staged.work_injury_care
)
select known.person_id, known.delivery_id, known.row
from known join open on open.person_id = known.person_id
