-- What each office is asked to check and has not answered, in the words that schemas/disclosure.csv allows: flags, gaps,
-- and whether two people are one. The amount
-- is that of the office's own side, where nobody else has rows of that side.
-- A department that a rule tells besides the one that checks hears of it where it has rows of it, and is asked nothing.
-- A flag that is open again after an answer is due anew from the day of that answer. Of two people who may be one, every
-- office that has rows of either is asked.
-- schema: evidence · pass: whole · kept as: table
-- grain: place, department, kind, clue_id
-- privacy: pseudonymous
with source as (
  select distinct own.flag_id, own.side, delivery.place, delivery.department
  from evidence.overlap_row own join reference.delivery delivery on delivery.delivery_id = own.delivery_id
),
-- Counting distinct texts would hold a table of texts for each side of each flag.
side as (select flag_id, side, count(*) as offices from source group by flag_id, side),
informed as (
  select source.flag_id, source.place, source.department, min(source.side) as side
  from source
  join hub.overlap flag on flag.flag_id = source.flag_id
  join reference.rule_tell tell on tell.rule_id = flag.rule_id and tell.department = source.department
  left join work.asked asked on asked.flag_id = source.flag_id and asked.place = source.place
    and asked.department = source.department
  where asked.flag_id is null
  group by source.flag_id, source.place, source.department
),
receiver as (
  select flag_id, place, department, side, true as is_asked from work.asked
  union all
  select flag_id, place, department, side, false from informed
),
told as (
  select receiver.place, receiver.department, flag.flag_id, flag.rule_id, rule.title_zh, rule.title_en, rule.basis,
    case when receiver.side = 'left' then flag.left_benefit else flag.right_benefit end as own_side,
    case when receiver.side = 'left' then flag.right_benefit else flag.left_benefit end as other_side,
    allowed.counterpart, allowed.words_zh, allowed.words_en, flag.from_month, flag.until_month, flag.months,
    case when side.offices = 1 then case when receiver.side = 'left' then flag.left_amount else flag.right_amount end end
      as amount,
    flag.severity = 'violation' as is_exact, flag.first_seen_on,
    case when receiver.is_asked then
      cast(cast(greatest(flag.first_seen_on, coalesce(answer.decided_on, flag.first_seen_on)) as integer)
        + cast(allowed.answer_within_days as integer) as date)
    end as due_on
  from hub.overlap flag
  join receiver on receiver.flag_id = flag.flag_id
  join side on side.flag_id = flag.flag_id and side.side = receiver.side
  join reference.rule rule on rule.rule_id = flag.rule_id
  join reference.disclosure allowed on allowed.rule_id = flag.rule_id and allowed.receiver = receiver.department
  left join hub.answer answer on answer.flag_id = receiver.flag_id and answer.place = receiver.place
    and answer.department = receiver.department
  where flag.severity <> 'info' and flag.status in ('new', 'open')
    and not coalesce(answer.covers and answer.effect <> 'open', false)
),
owner as (
  select distinct own.candidate_id, delivery.place, delivery.department
  from work.candidate_row own join reference.delivery delivery on delivery.delivery_id = own.delivery_id
)
-- What stands left of a join is held as a hash table: the few benefits, not the many clues that share one of them.
select told.place, told.department, 'overlap' as kind, told.flag_id as clue_id, told.rule_id, told.title_zh,
  told.title_en, told.basis, own.benefit as own_benefit,
  case when told.counterpart = 'benefit' then coalesce(other.label_zh, told.words_zh) else told.words_zh end
    as counterpart_zh,
  case when told.counterpart = 'benefit' then coalesce(other.label_en, told.words_en) else told.words_en end
    as counterpart_en,
  told.from_month, told.until_month, told.months, told.amount, told.is_exact, told.first_seen_on, told.due_on
from reference.benefit other
right join (reference.benefit own right join told on own.benefit = told.own_side) on other.benefit = told.other_side
union all
select owner.place, owner.department, 'same_person', candidate.candidate_id, candidate.reason,
  '两条记录姓名、出生日期、性别相同，证件号码不同：是否同一人', 'the same name, birth date and sex, and two ID numbers: one person?',
  cast(null as varchar), cast(null as varchar), allowed.words_zh, allowed.words_en,
  cast(null as date), cast(null as date), cast(null as bigint), cast(null as decimal(18, 2)), false,
  candidate.first_seen_on,
  cast(cast(candidate.first_seen_on as integer) + cast(allowed.answer_within_days as integer) as date)
from hub.link_candidate candidate
join owner on owner.candidate_id = candidate.candidate_id
join reference.disclosure allowed on allowed.rule_id = candidate.reason and allowed.receiver = owner.department
where candidate.status in ('new', 'open')
union all
-- What rests on an entitlement is a question to the office, never exact.
select asked.place, asked.department, 'gap', gap.gap_id, gap.gap_kind,
  case when gap.category is null then kind.title_zh else kind.title_zh || '：' || gap.category end,
  case when gap.category is null then kind.title_en else kind.title_en || ': ' || gap.category end,
  kind.basis, gap.benefit, allowed.words_zh, allowed.words_en, gap.from_month, gap.until_month, gap.months,
  cast(null as decimal(18, 2)), false, gap.first_seen_on,
  cast(cast(gap.first_seen_on as integer) + cast(allowed.answer_within_days as integer) as date)
from hub.gap gap
join work.gap_asked asked on asked.gap_id = gap.gap_id
join reference.gap kind on kind.gap_kind = gap.gap_kind
join reference.disclosure allowed on allowed.rule_id = gap.gap_kind and allowed.receiver = asked.department
where gap.status in ('new', 'open')
