-- Flags with their status. What one office confirms is confirmed; a flag is dismissed when every office that was asked
-- dismisses it. An answer holds for the months that it was given for: a flag that has grown since is open again.
-- schema: hub · pass: whole · kept as: table
-- grain: flag_id
-- privacy: pseudonymous
with answered as (
  select asked.flag_id, count(*) as offices,
    sum(case when answer.covers and answer.effect = 'recovered' then 1 else 0 end) as recovered,
    sum(case when answer.covers and answer.effect = 'confirmed' then 1 else 0 end) as confirmed,
    sum(case when answer.covers and answer.effect = 'dismissed' then 1 else 0 end) as dismissed,
    max(answer.decided_on) as decided_on
  from work.asked asked
  left join hub.answer answer on answer.flag_id = asked.flag_id and answer.place = asked.place
    and answer.department = asked.department
  group by asked.flag_id
)
select flag.flag_id, flag.rule_id, flag.person_id, flag.left_benefit, flag.left_county, flag.left_category,
  flag.right_benefit, flag.right_county, flag.right_category, flag.from_month, flag.until_month, flag.months,
  flag.left_amount, flag.right_amount, flag.at_risk, flag.barred, flag.severity, flag.first_seen_on,
  case
    when answered.recovered > 0 then 'recovered'
    when answered.confirmed > 0 then 'confirmed'
    when answered.dismissed = answered.offices then 'dismissed'
    when flag.first_seen_on = run.as_of then 'new'
    else 'open'
  end as status,
  answered.decided_on
from work.flag flag
cross join reference.run run
left join answered on answered.flag_id = flag.flag_id
