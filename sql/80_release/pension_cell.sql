-- Older people by pension: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, scheme, sex
-- privacy: counts of people, not protected; for the release alone
select region, scheme, sex, cast(sum(persons) as bigint) as persons, cast(sum(amount) as decimal(18, 2)) as amount
from work.pension_part group by region, scheme, sex
