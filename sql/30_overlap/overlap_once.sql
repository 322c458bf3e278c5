-- Rules of type once: two works on one person's home, or on the home of one household, within the months that the rule
-- names; the later one is at risk, in its month, with the person it names. That two people share a household is for review
-- at most.
-- schema: work · pass: bucket · kept as: memory
-- grain: rule_id, person_id, month, left_benefit, left_county, left_category, right_benefit, right_county, right_category
with found as (
  select r.rule_id, r.within_months, l.person_id, l.benefit as left_benefit, l.county as left_county,
    l.amount as left_amount, l.done_on as left_on, b.benefit as right_benefit, b.county as right_county,
    b.amount as right_amount, b.done_on as right_on, l.is_weak or b.is_weak as is_weak
  from work.renovation_done l
  join reference.rule_pair pair on pair.left_benefit = l.benefit
  join reference.rule r on r.rule_id = pair.rule_id and r.type = 'once'
  join work.renovation_done b on b.person_id = l.person_id and b.benefit = pair.right_benefit
  where l.benefit <> b.benefit or l.county < b.county or (l.county = b.county and l.done_on < b.done_on)
  union all
  select rule_id, within_months, person_id, left_benefit, left_county, left_amount, left_on, right_benefit, right_county,
    right_amount, right_on, true
  from work.household_work
),
dated as (
  select *, cast(date_trunc('month', later_on) as date) as month,
    (extract(year from later_on) - extract(year from first_on)) * 12
      + extract(month from later_on) - extract(month from first_on)
      - case when extract(day from later_on) < extract(day from first_on) then 1 else 0 end as whole_months
  from (
    select *, least(left_on, right_on) as first_on, greatest(left_on, right_on) as later_on,
      case when left_on > right_on then left_county else right_county end as later_county,
      case when left_on > right_on then left_amount else right_amount end as later_amount
    from found
  )
)
select d.rule_id, d.person_id, d.month, d.left_benefit, d.left_county, cast(null as varchar) as left_category,
  max(d.left_amount) as left_amount, d.right_benefit, d.right_county, cast(null as varchar) as right_category,
  max(d.right_amount) as right_amount, max(d.later_amount) as at_risk,
  case when bool_and(d.is_weak) then 'review' else 'violation' end as at_most
from dated d
join reference.rule_place place on place.rule_id = d.rule_id
  and starts_with(d.later_county, place.place) and place.from_month <= d.month and d.month < place.until_month
where d.whole_months < d.within_months
group by d.rule_id, d.person_id, d.month, d.left_benefit, d.left_county, d.right_benefit, d.right_county
