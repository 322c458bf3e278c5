-- Rules of type duplicate that ask for two bookings: one month booked twice, the second one at risk.
-- schema: work · pass: bucket · kept as: memory
-- grain: rule_id, person_id, month, left_benefit, left_county, left_category, right_benefit, right_county, right_category
select r.rule_id, t.person_id, t.month,
  t.benefit as left_benefit, t.county as left_county, t.category as left_category, sum(t.amount) as left_amount,
  t.benefit as right_benefit, t.county as right_county, t.category as right_category, sum(t.at_risk) as right_amount,
  sum(t.at_risk) as at_risk,
  case when bool_or(t.link_grade <> 'id') then 'review' else 'violation' end as at_most
from work.paid_twice t
join reference.rule r on r.type = 'duplicate' and r.differs_in = 'booking'
join reference.rule_place place on place.rule_id = r.rule_id
  and starts_with(t.county, place.place) and place.from_month <= t.month and t.month < place.until_month
group by r.rule_id, t.person_id, t.month, t.benefit, t.county, t.category
