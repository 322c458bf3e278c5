-- What a rule may need besides two benefits, for the person-months that have such a pair. A fact is read the milder way:
-- what is not sure, or holds for a part of the month alone, is no fact. Only rows with an ID number state one.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: person_id, month, fact
with needed as (
  select person_id, month from work.pair where needs > 0
  union
  select m.person_id, m.month
  from hub.benefit_month m
  join reference.rule_pair pair on pair.left_benefit = m.benefit and pair.right_benefit = 'institution_stay' and pair.needs > 0
  join work.stay_day stay on stay.person_id = m.person_id and stay.month = m.month
  where m.held
),
-- Level 2 is moderate on each of these three scales; other scales decide nothing, dementia of that grade does.
assessed as (
  select a.person_id, a.name_ordinal, a.link_grade, a.assessed_on, a.valid_to,
    (a.standard in ('GBT42195', 'MZT039', 'LTCI2021') and a.level >= 2)
      or coalesce(a.dementia in ('moderate', 'severe'), false) as is_moderate
  from staged.ability_assessment a
  union all
  select a.person_id, a.name_ordinal, a.link_grade, a.assessed_on, a.valid_to, a.level >= 2 from staged.ltci_assessment a
),
-- The newest assessment of the month counts; of two on one day the milder.
in_force as (
  select needed.person_id, needed.month, a.is_moderate, coalesce(o.link_grade, a.link_grade) as link_grade,
    row_number() over (
      partition by needed.person_id, needed.month order by a.assessed_on desc, a.is_moderate, coalesce(o.link_grade, a.link_grade) desc
    ) as choice
  from needed
  join assessed a on a.person_id = needed.person_id
    and a.assessed_on < needed.month + interval '1 month' and coalesce(a.valid_to, needed.month) >= needed.month
  left join work.other_name o on o.person_id = a.person_id and o.name_ordinal = a.name_ordinal
),
roll as (
  select s.person_id, m.month, s.benefit, s.support_mode, s.household_members, c.county,
    s.from_month, coalesce(s.to_month, s.period_end) as to_month, coalesce(o.link_grade, s.link_grade) as link_grade
  from staged.assistance_roll s
  join needed m on m.person_id = s.person_id
  join reference.snapshot_month snapshot on snapshot.dataset = 'assistance_roll' and snapshot.place = s.place
    and snapshot.period_end = s.period_end and snapshot.month = m.month
  join reference.region_county c on c.code = substr(s.region, 1, 6)
  left join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
),
-- A month that dispersed support touches, or follows upon, is the month of a change.
dispersed as (
  select distinct person_id, month from roll
  where benefit = 'MZ07' and support_mode = 'dispersed' and from_month <= month
    and to_month >= month - interval '1 month'
),
care as (
  select s.person_id, needed.month, s.mode, coalesce(o.link_grade, s.link_grade) as link_grade
  from staged.day_care s
  join needed on needed.person_id = s.person_id
  join reference.snapshot_month snapshot on snapshot.dataset = 'day_care' and snapshot.place = s.place
    and snapshot.period_end = s.period_end and snapshot.month = needed.month
  left join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
  where s.from_month <= needed.month and needed.month <= coalesce(s.to_month, s.period_end)
),
found as (
  select person_id, month, 'moderate_or_worse' as fact, link_grade from in_force where choice = 1 and is_moderate
  union all
  select needed.person_id, needed.month, 'in_institution', stay.link_grade
  from needed
  join work.stay_day stay on stay.person_id = needed.person_id and stay.month = needed.month
  where stay.from_day = needed.month and stay.until_day = needed.month + interval '1 month' and stay.link_grade <> 'name'
  union all
  select roll.person_id, roll.month, 'central_support', roll.link_grade
  from roll left join dispersed on dispersed.person_id = roll.person_id and dispersed.month = roll.month
  where roll.benefit = 'MZ07' and roll.support_mode = 'central' and roll.from_month <= roll.month
    and roll.month <= roll.to_month and dispersed.person_id is null
  union all
  select person_id, month, 'residential_care', case when bool_or(link_grade <> 'id') then 'id_other_name' else 'id' end
  from care group by person_id, month having bool_and(mode = 'residential')
  union all
  select roll.person_id, roll.month, 'pension_above_line', roll.link_grade
  from roll
  join work.standard_month line on line.county = roll.county and line.month = roll.month and line.standard = 'subsistence'
  join hub.benefit_month pension on pension.person_id = roll.person_id and pension.month = roll.month
    and pension.benefit = 'RS01' and pension.held
  where roll.benefit = 'MZ05' and roll.from_month <= roll.month and roll.month <= roll.to_month
    and pension.amount > line.amount * greatest(coalesce(roll.household_members, 1), 1)
  union all
  select m.person_id, m.month, 'outside_h2_h3', m.link_grade
  from hub.benefit_month m join needed on needed.person_id = m.person_id and needed.month = m.month
  where m.benefit = 'MZ11' and m.held and m.category not in ('H2', 'H3')
)
select person_id, month, fact, case when bool_or(link_grade = 'id') then 'id' else 'id_other_name' end as link_grade
from found
group by person_id, month, fact
