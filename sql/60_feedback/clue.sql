-- What each office is asked to check and has not answered, with its own rows that it rests on, in the words that
-- schemas/disclosure.csv allows. The amount is that of the office's own side, where nobody else has rows of that side.
-- A flag that is open again after an answer is due anew from the day of that answer. Of two people who may be one, an
-- office is shown one row of each of its datasets for each of them that it has.
-- schema: evidence · pass: whole · kept as: table
-- grain: place, department, kind, clue_id, delivery_id, row
-- privacy: pseudonymous
with side as (
  select source.flag_id, source.side, count(distinct delivery.place || '.' || delivery.department) as offices
  from evidence.overlap_row source
  join reference.delivery delivery on delivery.delivery_id = source.delivery_id
  group by source.flag_id, source.side
),
own_row as (
  select own.candidate_id, delivery.place, delivery.department, own.delivery_id, delivery.dataset, delivery.period,
    delivery.sequence, own.row,
    row_number() over (
      partition by own.candidate_id, own.person_id, delivery.place, delivery.department, delivery.dataset
      order by delivery.period desc, own.delivery_id, own.row
    ) as place_in_line
  from work.candidate_row own join reference.delivery delivery on delivery.delivery_id = own.delivery_id
)
select distinct asked.place, asked.department, 'overlap' as kind, flag.flag_id as clue_id, flag.rule_id, rule.title_zh, rule.title_en, rule.basis,
  own.benefit as own_benefit,
  case when allowed.counterpart = 'benefit' then coalesce(other.label_zh, allowed.words_zh) else allowed.words_zh end
    as counterpart_zh,
  case when allowed.counterpart = 'benefit' then coalesce(other.label_en, allowed.words_en) else allowed.words_en end
    as counterpart_en,
  flag.from_month, flag.until_month, flag.months,
  case when side.offices = 1 then case when asked.side = 'left' then flag.left_amount else flag.right_amount end end
    as amount,
  flag.severity = 'violation' as is_exact, flag.first_seen_on,
  cast(cast(greatest(flag.first_seen_on, coalesce(answer.decided_on, flag.first_seen_on)) as integer)
    + cast(allowed.answer_within_days as integer) as date) as due_on,
  source.delivery_id, delivery.dataset, delivery.period, delivery.sequence, source.row
from hub.overlap flag
join work.asked asked on asked.flag_id = flag.flag_id
join side on side.flag_id = flag.flag_id and side.side = asked.side
join reference.rule rule on rule.rule_id = flag.rule_id
join reference.disclosure allowed on allowed.rule_id = flag.rule_id and allowed.receiver = asked.department
join evidence.overlap_row source on source.flag_id = flag.flag_id
join reference.delivery delivery on delivery.delivery_id = source.delivery_id
  and delivery.place = asked.place and delivery.department = asked.department
left join hub.answer answer on answer.flag_id = asked.flag_id and answer.place = asked.place
  and answer.department = asked.department
left join reference.benefit own
  on own.benefit = (case when asked.side = 'left' then flag.left_benefit else flag.right_benefit end)
left join reference.benefit other
  on other.benefit = (case when asked.side = 'left' then flag.right_benefit else flag.left_benefit end)
where flag.severity <> 'info' and flag.status in ('new', 'open')
  and not coalesce(answer.covers and answer.effect <> 'open', false)
union all
select own.place, own.department, 'same_person', candidate.candidate_id, candidate.reason,
  '两条记录姓名、出生日期、性别相同，证件号码不同：是否同一人', 'the same name, birth date and sex, and two ID numbers: one person?',
  cast(null as varchar), cast(null as varchar), allowed.words_zh, allowed.words_en,
  cast(null as date), cast(null as date), cast(null as bigint), cast(null as decimal(18, 2)), false,
  candidate.first_seen_on,
  cast(cast(candidate.first_seen_on as integer) + cast(allowed.answer_within_days as integer) as date),
  own.delivery_id, own.dataset, own.period, own.sequence, own.row
from hub.link_candidate candidate
join own_row own on own.candidate_id = candidate.candidate_id and own.place_in_line = 1
join reference.disclosure allowed on allowed.rule_id = candidate.reason and allowed.receiver = own.department
where candidate.status in ('new', 'open')
