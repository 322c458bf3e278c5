-- Maximal runs of consecutive months of one rule, person and pair of sides: what becomes a flag.
-- Barred is the side that a rule says must not be held; where that is the lower of the two, the one with less money.
-- One month shared at a change of scheme or county, where the one side ends and the other begins, is information only.
-- schema: work · pass: bucket · kept as: table
-- grain: rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, from_month
with numbered as (
  select *,
    extract(year from month) * 12 + extract(month from month) - row_number() over (
      partition by rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category
      order by month
    ) as island
  from work.overlap_month
),
run as (
  select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category,
    min(month) as from_month, max(month) as until_month, count(*) as months,
    cast(sum(left_amount) as decimal(18, 2)) as left_amount, cast(sum(right_amount) as decimal(18, 2)) as right_amount,
    cast(sum(at_risk) as decimal(18, 2)) as at_risk,
    min(case severity when 'info' then 1 when 'review' then 2 else 3 end) as weight
  from numbered
  group by rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, island
),
-- What stands in the month before and after one month alone.
beside as (
  select run.rule_id, run.person_id, run.left_benefit, run.left_county, run.left_category, run.right_benefit,
    run.right_county, run.right_category, run.from_month,
    m.month < run.from_month as is_before,
    m.benefit = run.left_benefit and m.county = run.left_county
      and (m.category is not distinct from run.left_category) as is_left,
    m.benefit = run.right_benefit and m.county = run.right_county
      and (m.category is not distinct from run.right_category) as is_right
  from run
  join reference.rule rule on rule.rule_id = run.rule_id and rule.one_month_is_info
  join hub.benefit_month m on m.person_id = run.person_id
  where run.months = 1 and m.held
    and (m.month = run.from_month - interval '1 month' or m.month = run.from_month + interval '1 month')
),
change as (
  select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category,
    from_month
  from beside
  group by rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category,
    from_month
  having (bool_or(is_left and is_before) and not bool_or(is_left and not is_before)
      and not bool_or(is_right and is_before) and bool_or(is_right and not is_before))
    or (bool_or(is_right and is_before) and not bool_or(is_right and not is_before)
      and not bool_or(is_left and is_before) and bool_or(is_left and not is_before))
),
changed as (
  select run.*,
    case
      when rule.bars <> 'lower' then rule.bars
      when run.left_amount < run.right_amount then 'left'
      when run.left_amount > run.right_amount then 'right'
    end as barred,
    change.rule_id is not null as is_change
  from run
  join reference.rule rule on rule.rule_id = run.rule_id
  left join change on change.rule_id = run.rule_id and change.person_id = run.person_id
    and change.from_month = run.from_month
    and change.left_benefit = run.left_benefit and change.left_county = run.left_county
    and (change.left_category is not distinct from run.left_category)
    and change.right_benefit = run.right_benefit and (change.right_county is not distinct from run.right_county)
    and (change.right_category is not distinct from run.right_category)
)
select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category,
  from_month, until_month, months, left_amount, right_amount, at_risk, barred,
  case when is_change or weight = 1 then 'info' when weight = 2 then 'review' else 'violation' end as severity
from changed
