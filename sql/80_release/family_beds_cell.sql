-- Family care beds: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region
-- privacy: counts of people, not protected; for the release alone
select region, cast(sum(in_use) as bigint) as in_use, cast(sum(opened) as bigint) as opened,
  cast(sum(closed) as bigint) as closed
from work.family_beds_part group by region
