-- Every booking that counts for a person, by number or by name.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: none (one row per delivered booking with a person)
select person_id, benefit, month, county, category, amount, row_type, record_token, link_grade, dataset, delivery_id,
  period_end, row
from work.booking_by_number
union all
select person_id, benefit, month, county, category, amount, row_type, record_token, link_grade, dataset, delivery_id,
  period_end, row
from work.booking_by_name where counts
