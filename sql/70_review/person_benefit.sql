-- Which benefits a person ever held, as a mask.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id
select m.person_id, bit_or(b.mask) as mask
from hub.benefit_month m join reference.benefit b on b.benefit = m.benefit
where m.held
group by m.person_id
