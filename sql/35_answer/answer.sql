-- The latest answer of each office that was asked about a flag, with the months that it was given for: those that the
-- officer saw, or, where an answer does not say them, the months before the one of the decision.
-- schema: hub · pass: whole · kept as: table
-- grain: flag_id, place, department
-- privacy: pseudonymous
select answer.flag_id, answer.place, answer.department, answer.decision, answer.heard, answer.decided_on,
  answer.recovered_amount, answer.delivery_id, answer.row,
  case
    when answer.decision in ('corrected', 'to_recover') then 'confirmed'
    when answer.decision = 'recovered' then 'recovered'
    when answer.decision in ('data_error', 'allowed', 'not_dead') then 'dismissed'
    else 'open'
  end as effect,
  coalesce(answer.from_month, flag.from_month) <= flag.from_month
    and flag.until_month <= coalesce(answer.until_month, date_trunc('month', answer.decided_on) - interval '1 month') as covers
from work.newest_answer answer
join work.asked asked on asked.flag_id = answer.flag_id and asked.place = answer.place and asked.department = answer.department
join work.flag flag on flag.flag_id = answer.flag_id
