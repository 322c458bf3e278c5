-- Which delivered rows a flag rests on; only the department that delivered a row can say whose it is.
-- schema: evidence · pass: whole · kept as: table
-- grain: flag_id, side, delivery_id, row
-- privacy: pseudonymous
select o.flag_id, s.side, s.delivery_id, s.row
from hub.overlap o
join work.overlap_source s on s.rule_id = o.rule_id and s.person_id = o.person_id and s.from_month = o.from_month
  and s.left_benefit = o.left_benefit and s.right_benefit = o.right_benefit
  and (s.left_county is not distinct from o.left_county) and (s.left_category is not distinct from o.left_category)
  and (s.right_county is not distinct from o.right_county) and (s.right_category is not distinct from o.right_category)
