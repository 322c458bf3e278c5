-- Older people who hold two benefits at once: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, pair
-- privacy: counts of people, not protected; for the release alone
select region, pair, cast(sum(persons) as bigint) as persons from work.benefit_pairs_part group by region, pair
