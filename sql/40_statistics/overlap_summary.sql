-- Flags by rule and severity: persons, flags and money at risk. Suspicions, not findings: restricted to internal use.
-- schema: statistics · pass: whole · kept as: table
-- grain: rule_id, severity
-- measures: persons (person), flags (flag), at_risk (yuan)
-- zh: 疑似重复享受线索汇总（待核实，内部资料）
with found as (
  select rule_id, severity, count(distinct person_id) as persons, count(*) as flags, sum(at_risk) as at_risk
  from hub.overlap group by rule_id, severity
),
grid as (
  select rule.rule_id, severity.severity
  from reference.rule rule
  cross join reference.severity severity
  -- A rule with limits is about providers.
  left join (select distinct rule_id from reference.rule_limit) limited on limited.rule_id = rule.rule_id
  where limited.rule_id is null
)
select grid.rule_id, grid.severity, cast(coalesce(found.persons, 0) as bigint) as persons,
  cast(coalesce(found.flags, 0) as bigint) as flags, cast(coalesce(found.at_risk, 0) as decimal(18, 2)) as at_risk
from grid left join found on found.rule_id = grid.rule_id and found.severity = grid.severity
