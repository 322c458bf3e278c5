-- Older people in institutions: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, ability, payer, age_band, sex
-- privacy: counts of people, not protected; for the release alone
select region, ability, payer, age_band, sex, cast(sum(persons) as bigint) as persons
from work.residents_part group by region, ability, payer, age_band, sex
