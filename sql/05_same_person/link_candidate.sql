-- Every two people who bear one name, day of birth and sex: perhaps one person with two ID numbers, a question for a
-- human and never a merge. An office may answer that has rows of one of both; the latest answer counts, so that a later
-- one withdraws it.
-- schema: hub · pass: first · kept as: table
-- grain: candidate_id
-- privacy: pseudonymous
with asked as (
  select distinct own.candidate_id, delivery.place, delivery.department
  from work.candidate_row own join reference.delivery delivery on delivery.delivery_id = own.delivery_id
),
given as (
  select a.candidate_id, a.decision, a.decided_on,
    row_number() over (
      partition by a.candidate_id
      order by a.decided_on desc, a.period_end desc, delivery.sequence desc, a.delivery_id, a.row desc
    ) as place_in_line
  from staged.disposition a
  join reference.delivery delivery on delivery.delivery_id = a.delivery_id
  join asked on asked.candidate_id = a.candidate_id and asked.place = delivery.place
    and asked.department = delivery.department
)
select namesake.candidate_id, namesake.lower_id as lower_person_id, namesake.higher_id as higher_person_id,
  'same_name' as reason,
  case
    when given.decision in ('same_person', 'different_person') then given.decision
    when namesake.first_seen_on = run.as_of then 'new'
    else 'open'
  end as status,
  namesake.first_seen_on, given.decided_on
from spine.namesake namesake
cross join reference.run run
left join given on given.candidate_id = namesake.candidate_id and given.place_in_line = 1
