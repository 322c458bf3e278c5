-- Which benefit a rule of severity violation bars beside which other, the two being ground enough; a rule that needs a
-- further ground waits for its flag.
-- schema: work · pass: bucket · kept as: memory
-- grain: rule_id, barred, beside
select pair.rule_id,
  case when rule.bars = 'left' then pair.left_benefit else pair.right_benefit end as barred,
  case when rule.bars = 'left' then pair.right_benefit else pair.left_benefit end as beside
from reference.rule_pair pair join reference.rule rule on rule.rule_id = pair.rule_id
where rule.type = 'exclusive' and rule.severity = 'violation' and pair.needs = 0 and rule.bars in ('left', 'right')
