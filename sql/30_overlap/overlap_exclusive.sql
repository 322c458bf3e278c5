-- Rules of type exclusive and higher: two benefits of one month that must not be drawn together, and every further
-- ground that the rule needs. Exclusive puts the barred benefit at risk, higher the lower of the two.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: rule_id, person_id, month, left_benefit, left_county, left_category, right_benefit, right_county, right_category
with asked as (select distinct rule_id, person_id, month, left_benefit from work.pair where needs > 0),
ground as (
  select asked.rule_id, asked.person_id, asked.month, asked.left_benefit, count(*) as facts,
    bool_or(fact.link_grade <> 'id') as is_weak
  from asked
  join reference.rule_need need on need.rule_id = asked.rule_id and need.left_benefit = asked.left_benefit
  join work.fact_month fact on fact.person_id = asked.person_id and fact.month = asked.month and fact.fact = need.fact
  group by asked.rule_id, asked.person_id, asked.month, asked.left_benefit
)
select pair.rule_id, pair.person_id, pair.month, pair.left_benefit, pair.left_county, pair.left_category, pair.left_amount,
  pair.right_benefit, pair.right_county, pair.right_category, pair.right_amount,
  case
    when pair.bars = 'left' then pair.left_amount
    when pair.bars = 'right' then pair.right_amount
    when pair.left_amount is not null and pair.right_amount is not null then least(pair.left_amount, pair.right_amount)
  end as at_risk,
  case when pair.is_weak or coalesce(ground.is_weak, false) then 'review' else 'violation' end as at_most
from work.pair pair
left join ground on ground.rule_id = pair.rule_id and ground.person_id = pair.person_id and ground.month = pair.month
  and ground.left_benefit = pair.left_benefit
where pair.type in ('exclusive', 'higher') and coalesce(ground.facts, 0) = pair.needs
