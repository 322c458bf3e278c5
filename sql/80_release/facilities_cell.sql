-- Institutions and facilities that are open on 31 December: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, type, ownership
-- privacy: no people
with spoken as (
  select f.*, c.county, row_number() over (
      partition by f.facility_code, c.county order by length(f.place) desc, f.delivery_id, f.row
    ) as choice
  from staged.facility f
  join reference.snapshot_day d on d.dataset = 'facility' and d.place = f.place and d.period_end = f.period_end
  join work.released_year y on y.day = d.day
  left join reference.region_county c on c.code = substr(f.region, 1, 6)
  where f.opened_on <= y.day and coalesce(f.closed_on > y.day, true)
),
here as (
  select case
      when county is null then 'unknown'
      when length(region) = 9 and starts_with(region, county) and not ends_with(region, '000') then region
      else county
    end as site, type, coalesce(ownership, 'unknown') as ownership, coalesce(beds, 0) as beds,
    coalesce(nursing_beds, 0) as nursing_beds, coalesce(dementia_beds, 0) as dementia_beds,
    coalesce(medical <> 'none', false) as has_medical, coalesce(home_service, false) as home_service,
    coalesce(safety_standard_met, false) as is_safe
  from spoken where choice = 1
)
select site as region, type, ownership, count(*) as facilities, cast(sum(beds) as bigint) as beds,
  cast(sum(nursing_beds) as bigint) as nursing_beds, cast(sum(dementia_beds) as bigint) as dementia_beds,
  count(*) filter (where has_medical) as with_medical_care, count(*) filter (where home_service) as with_home_service,
  count(*) filter (where is_safe) as safety_met
from here group by site, type, ownership
