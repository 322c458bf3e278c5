-- The delivered rows of people who share a name with somebody else: only the offices that delivered them can say
-- whether the two are one person.
-- schema: work · pass: first · kept as: table
-- grain: candidate_id, delivery_id, row
with bearer as (
  select candidate_id, lower_id as person_id from spine.namesake
  union all
  select candidate_id, higher_id as person_id from spine.namesake
)
select bearer.candidate_id, b.person_id, b.delivery_id, b.row
from work.person_row b join bearer on bearer.person_id = b.person_id
