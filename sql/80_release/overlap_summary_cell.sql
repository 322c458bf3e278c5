-- Flags about months of the year by rule and severity: the finest cells. Suspicions, not findings: for internal use. The
-- region is the county where the person lives.
-- schema: release · pass: whole · kept as: table
-- grain: region, rule, severity
-- privacy: counts of people, not protected; for the release alone
select coalesce(p.residence_county, 'unknown') as region, o.rule_id as rule, o.severity,
  count(distinct o.person_id) as persons, count(*) as flags, cast(coalesce(sum(o.at_risk), 0) as decimal(18, 2)) as at_risk,
  count(*) filter (where o.status = 'confirmed') as confirmed, count(*) filter (where o.status = 'recovered') as recovered,
  count(*) filter (where o.status = 'dismissed') as dismissed
from hub.overlap o
join work.released_year y on o.from_month <= y.december and y.january <= o.until_month
join hub.person p on p.person_id = o.person_id
group by coalesce(p.residence_county, 'unknown'), o.rule_id, o.severity
