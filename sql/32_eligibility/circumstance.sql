-- In which months a person is in which circumstance, from rows with an ID number alone: a name never makes anybody
-- entitled. `until_no` is the month after the last. 「低保家庭中的老人」 are members: the household is covered as a whole or
-- the person is; a member of whom the roll says neither counts, being on it.
-- schema: work · pass: bucket · kept as: table
-- grain: none (one row per delivered row and circumstance)
with family as (
  select s.person_id, s.kind,
    greatest(cast(extract(year from s.from_month) * 12 + extract(month from s.from_month) - 1 as bigint), span.from_no)
      as from_no,
    least(
      cast(extract(year from coalesce(s.to_month, s.period_end)) * 12
        + extract(month from coalesce(s.to_month, s.period_end)) as bigint),
      span.until_no) as until_no
  from staged.family_planning_support s
  join work.snapshot_span span on span.dataset = 'family_planning_support' and span.place = s.place
    and span.period_end = s.period_end
  left join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
  where s.person_id is not null and o.person_id is null and s.kind in ('death', 'disability')
),
assessed as (select * from work.assessment_made where severity is not null)
select person_id, case benefit when 'MZ05' then 'low_income' when 'MZ06' then 'borderline' else 'destitute' end
    as circumstance, from_no, until_no
from work.roll_span
where benefit <> 'MZ05' or cover = 'household' or guaranteed or (cover is null and guaranteed is null)
union all
select person_id, case support_mode when 'central' then 'destitute_central' else 'destitute_dispersed' end, from_no, until_no
from work.roll_span where benefit = 'MZ07' and support_mode in ('central', 'dispersed')
union all
select person_id, 'wish_central', from_no, until_no from work.roll_span where benefit = 'MZ07' and wish_central
union all
select person_id, 'dependent', from_no, until_no from work.roll_span where benefit = 'MZ07' and self_care in ('half', 'none')
union all
select person_id, case kind when 'death' then 'only_child_dead' else 'only_child_disabled' end, from_no, until_no from family
union all
select person_id, 'disability', from_no, until_no from work.certificate_span
union all
select person_id, 'heavy_disability', from_no, until_no from work.certificate_span where grade in ('1', '2')
union all
-- One that a later one replaced and outlasted is still in force: who has it needs no other.
select person_id, 'assessed', from_no, cast(extract(year from valid_to) * 12 + extract(month from valid_to) as bigint)
from assessed
union all
select person_id, case severity when 'mild' then 'care_mild' when 'moderate' then 'care_moderate' else 'care_severe' end,
  from_no, until_no
from assessed where severity <> 'none'
union all
select person_id, case dementia when 'mild' then 'dementia_mild' when 'moderate' then 'dementia_moderate' else 'dementia_severe' end,
  from_no, until_no
from work.assessment_made where dementia in ('mild', 'moderate', 'severe')
union all
select person_id, 'ltci_payable', from_no, until_of_standard_no from assessed where is_payable
union all
-- Nearly everybody is insured; whom no level entitles need not be looked at.
select s.person_id, 'ltci_insured', span.from_no,
  case
    when s.stopped_on is null then span.until_no
    else least(cast(extract(year from s.stopped_on) * 12 + extract(month from s.stopped_on) - 1 as bigint), span.until_no)
  end
from staged.enrolment s
join (select distinct person_id from assessed where is_payable) payable on payable.person_id = s.person_id
join work.snapshot_span span on span.dataset = 'enrolment' and span.place = s.place and span.period_end = s.period_end
where s.ltci_insured and (s.status = 'active' or s.stopped_on is not null)
union all
select person_id, case dementia when 'mild' then 'dementia_mild' when 'moderate' then 'dementia_moderate' else 'dementia_severe' end,
  from_no, until_no
from work.register_span where dementia in ('mild', 'moderate', 'severe')
union all
select person_id, 'alone', from_no, until_no from work.register_span where living_alone
union all
select person_id, 'empty_nest', from_no, until_no from work.register_span where empty_nest
union all
select person_id, 'left_behind', from_no, until_no from work.register_span where left_behind
union all
select person_id, 'merit', from_no, until_no from work.register_span where merit
union all
select person_id, 'resident', from_no, until_no from work.resident_span where link_grade in ('id', 'upgraded15')
union all
select m.person_id, m.circumstance, month.month_no, month.month_no + 1
from work.paid_circumstance m join reference.month month on month.month = m.month
where m.circumstance = 'known_childless'
union all
select person_id, circumstance, from_no, until_no from work.silencing_circumstance
