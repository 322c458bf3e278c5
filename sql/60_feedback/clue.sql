-- What each office is asked to check and has not answered, in the words that schemas/disclosure.csv allows: flags, gaps,
-- and whether two people are one. Of two people who may be one, every office that has rows of either is asked.
-- schema: evidence · pass: whole · kept as: table
-- grain: place, department, kind, clue_id
-- privacy: pseudonymous
with owner as (
  select distinct own.candidate_id, delivery.place, delivery.department
  from work.candidate_row own join reference.delivery delivery on delivery.delivery_id = own.delivery_id
)
select told.place, told.department, 'overlap' as kind, told.flag_id as clue_id, told.rule_id, rule.title_zh,
  rule.title_en, rule.basis, own.benefit as own_benefit,
  case when allowed.counterpart = 'benefit' then coalesce(other.label_zh, allowed.words_zh) else allowed.words_zh end
    as counterpart_zh,
  case when allowed.counterpart = 'benefit' then coalesce(other.label_en, allowed.words_en) else allowed.words_en end
    as counterpart_en,
  told.from_month, told.until_month, told.months, told.amount, told.is_exact, told.first_seen_on,
  cast(cast(told.asked_on as integer) + cast(allowed.answer_within_days as integer) as date) as due_on
from work.flag_told told
join reference.rule rule on rule.rule_id = told.rule_id
join reference.disclosure allowed on allowed.rule_id = told.rule_id and allowed.receiver = told.department
left join reference.benefit own on own.benefit = told.own_side
left join reference.benefit other on other.benefit = told.other_side
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
