-- Rules of type offset: what a benefit exceeds the rates of its place by, after what is to be deducted from it. The
-- missing deduction is never more than the other benefits, and falls on them in the order of their codes; a rule without
-- other benefits is a cap. Where one of the rates is not known, nothing is decided.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: rule_id, person_id, month, left_benefit, left_county, left_category, right_benefit, right_county, right_category
with asked as (select rule_id, count(*) as rates from reference.rule_standard group by rule_id),
payable as (
  select standard.rule_id, rate.county, rate.month, sum(rate.amount * standard.sign) as amount
  from reference.rule_standard standard
  join work.standard_month rate on rate.standard = standard.standard
  join asked on asked.rule_id = standard.rule_id
  group by standard.rule_id, rate.county, rate.month
  having count(*) = max(asked.rates)
),
due as (
  select pair.*, pair.left_amount - payable.amount
      + sum(coalesce(pair.right_amount, 0)) over (
        partition by pair.rule_id, pair.person_id, pair.month, pair.left_benefit, pair.left_county, pair.left_category
      ) as missing,
    coalesce(sum(coalesce(pair.right_amount, 0)) over (
      partition by pair.rule_id, pair.person_id, pair.month, pair.left_benefit, pair.left_county, pair.left_category
      order by pair.right_benefit, pair.right_county, pair.right_category
      rows between unbounded preceding and 1 preceding
    ), 0) as before
  from work.pair pair
  join payable on payable.rule_id = pair.rule_id and payable.county = pair.left_county and payable.month = pair.month
  where pair.type = 'offset'
),
deducted as (
  select due.*, cast(least(right_amount, missing - before) as decimal(18, 2)) as at_risk from due where missing > before
),
capped as (
  select r.rule_id, side.person_id, side.month, side.benefit, side.county, side.category, side.amount, side.link_grade,
    cast(side.amount - payable.amount as decimal(18, 2)) as at_risk
  from work.side side
  join reference.rule_pair pair on pair.left_benefit = side.benefit and pair.right_benefit = 'standard'
  join reference.rule r on r.rule_id = pair.rule_id and r.type = 'offset'
  join reference.rule_place place on place.rule_id = r.rule_id and starts_with(side.county, place.place)
    and place.from_month <= side.month and side.month < place.until_month
  join payable on payable.rule_id = r.rule_id and payable.county = side.county and payable.month = side.month
  where side.amount > payable.amount
)
select rule_id, person_id, month, left_benefit, left_county, left_category, left_amount,
  right_benefit, right_county, right_category, right_amount, at_risk,
  case when is_weak then 'review' else 'violation' end as at_most
from deducted where at_risk > 0
union all
select rule_id, person_id, month, benefit, county, category, amount, 'standard', cast(null as varchar),
  cast(null as varchar), cast(null as decimal(18, 2)), at_risk,
  case when link_grade <> 'id' then 'review' else 'violation' end
from capped
