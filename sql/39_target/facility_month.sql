-- Institutions and facilities open on the last day of each month, each once; `opened` says that it opened in that month.
-- 养老机构 are the five kinds with beds of their own: community and family beds are none (聊城 二（一）).
-- schema: work · pass: whole · kept as: table
-- grain: month, county, facility_code
with spoken as (
  select f.facility_code, m.month, c.county, f.type, f.ownership, f.region_urban_rural, f.opened_on, f.beds, f.nursing_beds,
    f.dementia_beds, f.medical, f.home_service, f.safety_standard_met, f.evaluation_score, f.operation_subsidy,
    row_number() over (
      partition by f.facility_code, c.county, m.month order by length(f.place) desc, f.delivery_id, f.row
    ) as choice
  from staged.facility f
  join reference.snapshot_month m on m.dataset = 'facility' and m.place = f.place and m.period_end = f.period_end
  join reference.region_county c on c.code = substr(f.region, 1, 6)
  where f.opened_on < m.month + interval '1 month'
    and coalesce(f.closed_on, m.month + interval '1 month') >= m.month + interval '1 month'
)
select month, county, facility_code, type, ownership, region_urban_rural, opened_on >= month as opened,
  type in ('institution', 'destitute_institution', 'rural_home', 'veterans_home', 'medical_care_institution') as is_institution,
  coalesce(beds, 0) as beds, coalesce(nursing_beds, 0) as nursing_beds, coalesce(dementia_beds, 0) as dementia_beds,
  coalesce(medical <> 'none', false) as has_medical, coalesce(medical in ('contract', 'both'), false) as has_contract,
  coalesce(home_service, false) as home_service, coalesce(safety_standard_met, false) as is_safe,
  evaluation_score is not null and coalesce(operation_subsidy, 0) > 0 as is_evaluated
from spoken where choice = 1
