-- Flags with their status. An answer holds for the months that it was given for: a flag that has grown since is open again.
-- schema: hub · pass: whole · kept as: table
-- grain: flag_id
select flag.flag_id, flag.rule_id, flag.person_id, flag.left_benefit, flag.left_county, flag.left_category,
  flag.right_benefit, flag.right_county, flag.right_category, flag.from_month, flag.until_month, flag.months,
  flag.left_amount, flag.right_amount, flag.at_risk, flag.severity, flag.first_seen_on,
  case
    when answer.from_month <= flag.from_month and flag.until_month <= answer.until_month then answer.effect
    when flag.first_seen_on = run.as_of then 'new'
    else 'open'
  end as status,
  answer.decision, answer.decided_on
from work.flag flag
cross join reference.run run
left join hub.answer answer on answer.flag_id = flag.flag_id
