-- The benefits of a person's month as a bit mask; the sum differs from the mask where one benefit stands there twice.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: person_id, month
select m.person_id, m.month, bit_or(b.mask) as mask, sum(b.mask) as total
from hub.benefit_month m join reference.benefit b on b.benefit = m.benefit
where m.held
group by m.person_id, m.month
