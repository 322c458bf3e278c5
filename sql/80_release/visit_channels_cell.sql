-- Visits to older people in hardship by channel: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, hardship, channel
-- privacy: counts of people, not protected; for the release alone
select region, hardship, channel, cast(sum(persons) as bigint) as persons, cast(sum(visits) as bigint) as visits
from work.visit_channels_part group by region, hardship, channel
