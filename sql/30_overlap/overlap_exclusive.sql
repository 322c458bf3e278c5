-- Rules of type exclusive and higher: two benefits of one month that must not be drawn together.
-- Exclusive puts the barred benefit at risk, higher the lower of the two.
-- schema: work · pass: bucket · kept as: memory
-- grain: rule_id, person_id, month, left_benefit, left_county, left_category, right_benefit, right_county, right_category
select r.rule_id, l.person_id, l.month,
  l.benefit as left_benefit, l.county as left_county, l.category as left_category, l.amount as left_amount,
  b.benefit as right_benefit, b.county as right_county, b.category as right_category, b.amount as right_amount,
  case
    when r.type = 'higher' then least(l.amount, b.amount)
    when r.bars = 'left' then l.amount
    else b.amount
  end as at_risk,
  case when l.link_grade <> 'id' or b.link_grade <> 'id' then 'review' else 'violation' end as at_most
from work.side l
join reference.rule_pair pair on pair.left_benefit = l.benefit
join reference.rule r on r.rule_id = pair.rule_id and r.type in ('exclusive', 'higher')
join work.side b on b.person_id = l.person_id and b.month = l.month and b.benefit = pair.right_benefit
join reference.rule_place place on place.rule_id = r.rule_id
  and starts_with(case when r.bars = 'left' then l.county else b.county end, place.place)
  and place.from_month <= l.month and l.month < place.until_month
