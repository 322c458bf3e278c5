-- People entitled to the services of the list, and those who received them in the year: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, item
-- privacy: counts of people, not protected; for the release alone
select region, item, cast(sum(entitled) as bigint) as entitled, cast(sum(served) as bigint) as served
from work.service_entitlement_part
group by region, item
