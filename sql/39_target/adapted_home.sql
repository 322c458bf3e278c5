-- Homes that civil affairs adapted (MZ15), by household; a household may have rows of several people. `is_named` says that
-- the row's target group is one that the region names (内蒙古 二（五）19 「分散特困供养以及城乡低保对象中的失能、高龄、残疾老年人家庭」).
-- schema: work · pass: bucket · kept as: table
-- grain: none (one row per delivered adaptation)
select r.household_id, cast(date_trunc('month', r.done_on) as date) as month, c.county,
  coalesce(r.target <> 'other', false) as is_named
from staged.renovation r join reference.region_county c on c.code = substr(r.region, 1, 6)
