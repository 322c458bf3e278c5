-- The latest answer of each office that was asked about a gap. Who does not want the benefit, or need not have it, closes
-- the gap for twelve months; a benefit that is now granted, for three, in which the payment should come.
-- schema: hub · pass: whole · kept as: table
-- grain: gap_id, place, department
-- privacy: pseudonymous
select answer.gap_id, answer.place, answer.department, answer.decision, answer.heard, answer.decided_on, answer.delivery_id,
  answer.row,
  case
    when answer.decision in ('corrected', 'to_recover', 'recovered') then 'confirmed'
    when answer.decision in ('waived', 'allowed', 'data_error', 'not_dead') then 'closed'
    else 'open'
  end as effect,
  case
    when answer.decision in ('corrected', 'to_recover', 'recovered')
      then cast(date_trunc('month', answer.decided_on) + interval '3 month' as date)
    when answer.decision in ('waived', 'allowed', 'data_error', 'not_dead')
      then cast(date_trunc('month', answer.decided_on) + interval '12 month' as date)
    else answer.decided_on
  end as holds_until
from work.newest_answer answer
join work.gap_asked asked on asked.gap_id = answer.gap_id and asked.place = answer.place and asked.department = answer.department
