-- What everybody with a disability certificate holds in the month for which the allowances are judged.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, benefit
select m.person_id, m.benefit, sum(m.amount) as amount
from hub.benefit_month m join work.certified_month j on j.person_id = m.person_id and j.month = m.month
where m.held
group by m.person_id, m.benefit
