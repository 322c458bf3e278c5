-- Insured, assessed and beneficiaries of long-term care insurance, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: region, ltci_level, mode, urban_rural
select region, level as ltci_level, mode, urban_rural, count(*) filter (where is_insured) as insured,
  count(*) filter (where is_assessed) as assessed, count(*) filter (where is_drawing) as beneficiaries_in_year,
  count(*) filter (where in_december) as beneficiaries_in_december, coalesce(sum(amount), 0) as expenditure
from work.release_long_term_care
group by region, level, mode, urban_rural
