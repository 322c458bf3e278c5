-- Who is entitled and receives nothing, with category and since when (应享未享，待核实). A home that was adapted for another
-- member of the household is adapted. A gap is open while it holds in the last month that can be judged and no office
-- answered that it is none.
-- schema: hub · pass: whole · kept as: table
-- grain: gap_id
-- privacy: pseudonymous, sensitive
with adapted as (
  select household_id, done_on from staged.renovation where household_id is not null
  union all
  select household_id, done_on from unnumbered.renovation where household_id is not null
  union all
  select household_id, done_on from staged.accessibility_renovation where household_id is not null
  union all
  select household_id, done_on from unnumbered.accessibility_renovation where household_id is not null
),
first_adapted as (select household_id, min(done_on) as done_on from adapted group by household_id),
answered as (
  select answer.gap_id, bool_or(answer.effect = 'closed') as is_closed, bool_or(answer.effect = 'confirmed') as is_confirmed
  from hub.gap_answer answer
  join work.gap_flag flag on flag.flag_id = answer.gap_id
  where answer.effect <> 'open' and flag.until_month < answer.holds_until
  group by answer.gap_id
)
select flag.flag_id as gap_id, flag.rule_id as gap_kind, flag.person_id, flag.left_benefit as benefit,
  flag.left_category as category, flag.left_county as county, flag.from_month, flag.until_month, flag.months,
  flag.is_open and first_adapted.household_id is null and not coalesce(answered.is_closed, false) as is_open,
  case
    when answered.is_closed then 'closed'
    when not flag.is_open or first_adapted.household_id is not null then 'past'
    when answered.is_confirmed then 'confirmed'
    when flag.first_seen_on = run.as_of then 'new'
    else 'open'
  end as status,
  flag.asked_department, flag.is_referral, flag.first_seen_on
from work.gap_flag flag
cross join reference.run run
left join first_adapted on first_adapted.household_id = flag.household_id
left join answered on answered.gap_id = flag.flag_id
where first_adapted.household_id is null or flag.from_month < first_adapted.done_on
