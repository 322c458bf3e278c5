-- Recipients of each benefit: the finest cells. The amount is null where the benefit's money is nobody's own.
-- schema: release · pass: whole · kept as: table
-- grain: region, benefit, sex, age_band, urban_rural
-- privacy: counts of people, not protected; for the release alone
select region, benefit, sex, age_band, urban_rural, cast(sum(persons_in_year) as bigint) as persons_in_year,
  cast(sum(persons_in_december) as bigint) as persons_in_december, cast(sum(person_months) as bigint) as person_months,
  cast(sum(amount) as decimal(18, 2)) as amount
from work.benefit_recipients_part
group by region, benefit, sex, age_band, urban_rural
