-- The held benefits of the candidate person-months.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: person_id, month, benefit, county, category
select m.person_id, m.month, m.benefit, m.county, m.category, m.amount, m.link_grade
from hub.benefit_month m join work.candidate c on c.person_id = m.person_id and c.month = m.month
where m.held
