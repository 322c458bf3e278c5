-- Months of a benefit that were booked as normal and lie before its first approval; arrears are for earlier months.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: person_id, benefit, month, county, category
with booked as (
  select distinct p.person_id, p.benefit, p.month, c.county, p.category
  from staged.benefit_payment p join reference.region_county c on c.code = substr(p.region, 1, 6)
  where p.approved_on >= p.month + interval '1 month' and coalesce(p.row_type, 'normal') = 'normal' and p.amount > 0
)
select m.person_id, m.benefit, m.month, m.county, m.category, m.amount, m.link_grade
from booked
join work.approval approval on approval.person_id = booked.person_id and approval.benefit = booked.benefit
  and approval.first_on >= booked.month + interval '1 month'
join hub.benefit_month m on m.person_id = booked.person_id and m.benefit = booked.benefit and m.month = booked.month
  and m.county = booked.county and (m.category is not distinct from booked.category)
where m.held
