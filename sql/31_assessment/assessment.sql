-- The assessments of each person. `is_current` is the one in force on the day of the run, found across counties and
-- departments; `repeats_on` the earlier one of the same standard that still held (paid for twice), `is_change` whether it
-- found another severity, which is why one may be made again.
-- schema: hub · pass: bucket · kept as: table
-- grain: person_id, assessed_on, dataset, delivery_id, row
-- privacy: pseudonymous, sensitive
select m.person_id, m.assessed_on, m.dataset, m.delivery_id, m.row, m.standard, m.level, m.severity, m.dementia,
  m.valid_to, county.county,
  m.is_latest and m.severity is not null and m.assessed_on <= run.as_of and run.as_of <= m.valid_to as is_current,
  m.repeats_on, m.repeats_on is not null and m.is_change as is_change
from work.assessment_made m
cross join reference.run run
left join reference.region_county county on county.code = substr(m.region, 1, 6)
