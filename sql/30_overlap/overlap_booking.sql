-- Rules of type duplicate that ask for two bookings: one month booked twice, the second one at risk. Bookings that add up
-- to a rate that the rule allows in instalments, where the place's rate is known, are no duplicate.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: rule_id, person_id, month, left_benefit, left_county, left_category, right_benefit, right_county, right_category
with in_instalments as (
  select distinct i.rule_id, m.person_id, m.benefit, m.month, m.county, m.category
  from work.paid_twice t
  join reference.rule_instalment i on i.benefit = t.benefit
  join work.standard_month rate on rate.standard = i.standard and rate.county = t.county and rate.month = t.month
  join hub.benefit_month m on m.person_id = t.person_id and m.benefit = t.benefit and m.month = t.month
    and m.county = t.county and (m.category is not distinct from t.category) and m.amount = rate.amount
)
select r.rule_id, t.person_id, t.month,
  t.benefit as left_benefit, t.county as left_county, t.category as left_category, sum(t.amount) as left_amount,
  t.benefit as right_benefit, t.county as right_county, t.category as right_category, sum(t.at_risk) as right_amount,
  sum(t.at_risk) as at_risk,
  case when bool_or(t.link_grade <> 'id') then 'review' else 'violation' end as at_most
from work.paid_twice t
join reference.rule r on r.type = 'duplicate' and r.differs_in = 'booking'
join reference.rule_place place on place.rule_id = r.rule_id
  and starts_with(t.county, place.place) and place.from_month <= t.month and t.month < place.until_month
left join in_instalments i on i.rule_id = r.rule_id and i.person_id = t.person_id and i.benefit = t.benefit
  and i.month = t.month and i.county = t.county and (i.category is not distinct from t.category)
where i.rule_id is null
group by r.rule_id, t.person_id, t.month, t.benefit, t.county, t.category
