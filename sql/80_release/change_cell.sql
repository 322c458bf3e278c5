-- Change of the older population in the year: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, sex
-- privacy: counts of people, not protected; for the release alone
select region, sex, cast(sum(turned_60) as bigint) as turned_60, cast(sum(died) as bigint) as died,
  cast(sum(moved_in) as bigint) as moved_in, cast(sum(moved_out) as bigint) as moved_out
from work.change_part group by region, sex
