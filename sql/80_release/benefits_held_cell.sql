-- Older people by number of monthly benefits: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, number
-- privacy: counts of people, not protected; for the release alone
select region, number, cast(sum(persons) as bigint) as persons from work.benefits_held_part group by region, number
