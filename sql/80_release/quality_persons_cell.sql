-- People whom the register counts, and people known only to others: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, known_to
-- privacy: counts of people, not protected; for the release alone
select region, known_to, cast(sum(persons) as bigint) as persons from work.quality_persons_part group by region, known_to
