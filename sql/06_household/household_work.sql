-- Two works on the home of one household whose rows name two of its people, or one of them nobody: the later one is asked
-- about, and the person it names. Rows of one programme and one day are one work, which named several of the household.
-- schema: work · pass: first · kept as: table
-- grain: none (one row per rule and two delivered rows)
with delivered as (
  select household_id, person_id, 'MZ15' as benefit, region, done_on, government_amount as amount, delivery_id, row
  from staged.renovation
  union all
  select household_id, cast(null as bigint), 'MZ15', region, done_on, government_amount, delivery_id, row
  from unnumbered.renovation
  union all
  select household_id, person_id, 'CL02', region, done_on, amount, delivery_id, row from staged.accessibility_renovation
  union all
  select household_id, cast(null as bigint), 'CL02', region, done_on, amount, delivery_id, row
  from unnumbered.accessibility_renovation
),
home_work as (
  select d.*, c.county from delivered d join reference.region_county c on c.code = substr(d.region, 1, 6)
  where d.household_id is not null and d.done_on is not null
),
two as (
  select r.rule_id, r.within_months,
    case when l.done_on > b.done_on then l.person_id else b.person_id end as person_id,
    l.benefit as left_benefit, l.county as left_county, l.amount as left_amount, l.done_on as left_on,
    l.delivery_id as left_delivery_id, l.row as left_row,
    b.benefit as right_benefit, b.county as right_county, b.amount as right_amount, b.done_on as right_on,
    b.delivery_id as right_delivery_id, b.row as right_row
  from home_work l
  join reference.rule_pair pair on pair.left_benefit = l.benefit
  join reference.rule r on r.rule_id = pair.rule_id and r.type = 'once'
  join home_work b on b.household_id = l.household_id and b.benefit = pair.right_benefit
  where (l.person_id is distinct from b.person_id)
    and (l.benefit <> b.benefit or (l.done_on <> b.done_on
      and (l.county < b.county or (l.county = b.county and l.done_on < b.done_on))))
)
select * from two where person_id is not null
