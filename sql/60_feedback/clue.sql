-- What each office is asked to check, with its own rows that it rests on, in the words that schemas/disclosure.csv allows.
-- Amounts are those of the office's own side. Nothing of another office's row stands here.
-- schema: evidence · pass: whole · kept as: table
-- grain: place, department, flag_id, delivery_id, row
-- privacy: pseudonymous
select distinct asked.place, asked.department, flag.flag_id, flag.rule_id, rule.title_zh, rule.title_en, rule.basis,
  own.benefit as own_benefit,
  case when allowed.counterpart = 'benefit' then coalesce(other.label_zh, allowed.words_zh) else allowed.words_zh end
    as counterpart_zh,
  case when allowed.counterpart = 'benefit' then coalesce(other.label_en, allowed.words_en) else allowed.words_en end
    as counterpart_en,
  flag.from_month, flag.until_month, flag.months,
  case when asked.side = 'left' then flag.left_amount else flag.right_amount end as amount,
  flag.severity = 'violation' as is_exact, flag.first_seen_on,
  cast(cast(flag.first_seen_on as integer) + cast(allowed.answer_within_days as integer) as date) as due_on,
  source.delivery_id, delivery.dataset, delivery.period, delivery.sequence, source.row
from hub.overlap flag
join work.asked asked on asked.flag_id = flag.flag_id
join reference.rule rule on rule.rule_id = flag.rule_id
join reference.disclosure allowed on allowed.rule_id = flag.rule_id and allowed.receiver = asked.department
join evidence.overlap_row source on source.flag_id = flag.flag_id
join reference.delivery delivery on delivery.delivery_id = source.delivery_id
  and delivery.place = asked.place and delivery.department = asked.department
left join reference.benefit own
  on own.benefit = (case when asked.side = 'left' then flag.left_benefit else flag.right_benefit end)
left join reference.benefit other
  on other.benefit = (case when asked.side = 'left' then flag.right_benefit else flag.left_benefit end)
where flag.severity <> 'info' and flag.status in ('new', 'open')
