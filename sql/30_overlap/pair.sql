-- Two held benefits of one month that a rule of type exclusive, higher or offset names together, where and when it holds.
-- A rule that bars the lower of the two holds where that one is paid.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: rule_id, person_id, month, left_benefit, left_county, left_category, right_benefit, right_county, right_category
select r.rule_id, r.type, r.bars, pair.needs, l.person_id, l.month,
  l.benefit as left_benefit, l.county as left_county, l.category as left_category, l.amount as left_amount,
  b.benefit as right_benefit, b.county as right_county, b.category as right_category, b.amount as right_amount,
  l.link_grade <> 'id' or b.link_grade <> 'id' as is_weak
from work.side l
join reference.rule_pair pair on pair.left_benefit = l.benefit
join reference.rule r on r.rule_id = pair.rule_id and r.type in ('exclusive', 'higher', 'offset')
join work.side b on b.person_id = l.person_id and b.month = l.month and b.benefit = pair.right_benefit
join reference.rule_place place on place.rule_id = r.rule_id
  and starts_with(
    case when r.bars = 'left' or (r.bars = 'lower' and l.amount < b.amount) then l.county else b.county end, place.place
  )
  and place.from_month <= l.month and l.month < place.until_month
