-- What a person holds in the months before and after a run of months: whether it is the left side of the run or the right one.
-- schema: work · pass: bucket · kept as: table · months: own
-- grain: none (one row for each benefit that is held in a month beside a run)
select edge.rule_id, edge.person_id, edge.left_benefit, edge.left_county, edge.left_category, edge.right_benefit,
  edge.right_county, edge.right_category, edge.from_month, edge.is_before, edge.month,
  m.benefit = edge.left_benefit and m.county = edge.left_county
    and (m.category is not distinct from edge.left_category) as is_left,
  m.benefit = edge.right_benefit and m.county = edge.right_county
    and (m.category is not distinct from edge.right_category) as is_right
from work.stretch_edge edge
join hub.benefit_month m on m.person_id = edge.person_id and m.month = edge.month
where m.held
