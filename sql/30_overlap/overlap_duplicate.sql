-- Rules of type duplicate: one benefit in two counties, or under two categories, in one month; a rule of a place counts where
-- the lower of the two is paid, and where neither is lower, or nobody knows, where either is.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: rule_id, person_id, month, left_benefit, left_county, left_category, right_benefit, right_county, right_category
select distinct r.rule_id, l.person_id, l.month,
  l.benefit as left_benefit, l.county as left_county, l.category as left_category, l.amount as left_amount,
  b.benefit as right_benefit, b.county as right_county, b.category as right_category, b.amount as right_amount,
  least(l.amount, b.amount) as at_risk,
  case when l.link_grade <> 'id' or b.link_grade <> 'id' then 'review' else 'violation' end as at_most
from work.side l
join reference.rule_pair pair on pair.left_benefit = l.benefit and pair.right_benefit = l.benefit
join reference.rule r on r.rule_id = pair.rule_id and r.type = 'duplicate'
join work.side b on b.person_id = l.person_id and b.month = l.month and b.benefit = l.benefit
join reference.rule_place place on place.rule_id = r.rule_id
  and case
    when l.amount < b.amount then starts_with(l.county, place.place)
    when b.amount < l.amount then starts_with(b.county, place.place)
    else starts_with(l.county, place.place) or starts_with(b.county, place.place)
  end and place.from_month <= l.month and l.month < place.until_month
where (r.differs_in = 'county' and l.county < b.county)
  or (r.differs_in = 'category' and l.category < b.category)
