-- Runs of months of one kind of gap, category and county, an unknown month breaking none: what becomes a gap. It is open
-- while it holds in the last month that can be judged. The columns are those by which a flag is known from run to run.
-- schema: work · pass: bucket · kept as: table
-- grain: rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, from_month
with whole as (
  select person_id, gap_kind, benefit, county, category, min(month) as from_month, max(month) as until_month,
    count(*) as months, max(judged_no) = max(judged_months) as is_open,
    max(judged_no) - min(judged_no) + 1 > count(*) as is_broken
  from work.gap_month
  group by person_id, gap_kind, benefit, county, category
),
-- Most are one run each; only of whom one is broken are the months looked at.
broken as (select distinct person_id, gap_kind from whole where is_broken),
numbered as (
  select g.*, g.judged_no - row_number() over (
    partition by g.person_id, g.gap_kind, g.category, g.county order by g.month_no
  ) as island
  from work.gap_month g
  join broken on broken.person_id = g.person_id and broken.gap_kind = g.gap_kind
),
run as (
  select whole.person_id, whole.gap_kind, benefit, county, category, from_month, until_month, months, is_open
  from whole
  left join broken on broken.person_id = whole.person_id and broken.gap_kind = whole.gap_kind
  where broken.person_id is null
  union all
  select person_id, gap_kind, benefit, county, category, min(month), max(month), count(*),
    max(judged_no) = max(judged_months)
  from numbered
  group by person_id, gap_kind, benefit, county, category, island
),
household as (
  select person_id, min(household_id) as household_id from staged.assistance_roll
  where person_id is not null and household_id is not null
  group by person_id
),
known as (
  select distinct d.person_id, kind.gap_kind
  from work.person_dataset d
  join (select distinct person_id from run) run on run.person_id = d.person_id
  join reference.gap kind on kind.act_by = d.department
)
select run.gap_kind as rule_id, run.person_id, run.benefit as left_benefit, run.county as left_county,
  run.category as left_category, cast(null as varchar) as right_benefit, cast(null as varchar) as right_county,
  cast(null as varchar) as right_category, run.from_month, run.until_month, run.months, run.is_open,
  case when known.person_id is null then kind.proved_by else kind.act_by end as asked_department,
  known.person_id is null as is_referral,
  case when kind.once_in_household then household.household_id end as household_id
from run
join reference.gap kind on kind.gap_kind = run.gap_kind
left join known on known.person_id = run.person_id and known.gap_kind = run.gap_kind
left join household on household.person_id = run.person_id
