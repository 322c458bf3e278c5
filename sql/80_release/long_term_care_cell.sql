-- Long-term care insurance of older people: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, ltci_level, mode, urban_rural
-- privacy: counts of people, not protected; for the release alone
select region, ltci_level, mode, urban_rural, cast(sum(insured) as bigint) as insured, cast(sum(assessed) as bigint) as assessed,
  cast(sum(beneficiaries_in_year) as bigint) as beneficiaries_in_year,
  cast(sum(beneficiaries_in_december) as bigint) as beneficiaries_in_december,
  cast(sum(expenditure) as decimal(18, 2)) as expenditure
from work.long_term_care_part
group by region, ltci_level, mode, urban_rural
