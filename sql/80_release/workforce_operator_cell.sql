-- Care workers employed on 31 December by certificate and facility: whose the workers of workforce_cell are.
-- schema: release · pass: whole · kept as: table
-- grain: region, certificate_level, operator
-- privacy: staff of single facilities, not protected; for the release alone
with worker as (
  select coalesce(w.certificate_level, 'unknown') as certificate_level, coalesce(w.professional, false) as is_professional,
    coalesce(w.facility_code, 'unknown') as operator,
    case
      when c.county is null then 'unknown'
      when length(w.region) = 9 and starts_with(w.region, c.county) and not ends_with(w.region, '000') then w.region
      else c.county
    end as region
  from staged.care_worker w
  join reference.snapshot_day d on d.dataset = 'care_worker' and d.place = w.place and d.period_end = w.period_end
  join work.released_year y on y.day = d.day
  left join reference.region_county c on c.code = substr(w.region, 1, 6)
  where w.employed and coalesce(w.since <= y.day, true)
)
select region, certificate_level, operator, count(*) as workers,
  count(*) filter (where certificate_level in ('1', '2', '3', '4', '5')) as certified,
  count(*) filter (where is_professional) as professionals
from worker group by region, certificate_level, operator
