-- Who lives in an institution on 31 December, 24:00, where, and who pays; of two stays the one that began later. Only rows
-- with an ID number: a link by name puts nobody into an institution.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id
with stay as (
  select s.person_id, s.institution_code, coalesce(s.payer, 'unknown') as payer,
    case
      when c.county is null then 'unknown'
      when length(s.region) = 9 and starts_with(s.region, c.county) and not ends_with(s.region, '000') then s.region
      else c.county
    end as site,
    row_number() over (
      partition by s.person_id order by s.admitted_on desc, s.institution_code, s.delivery_id, s.row
    ) as choice
  from staged.institution_stay s
  join reference.snapshot_day d on d.dataset = 'institution_stay' and d.place = s.place and d.period_end = s.period_end
  join work.release_year y on y.day = d.day
  left join reference.region_county c on c.code = substr(s.region, 1, 6)
  where s.person_id is not null and s.admitted_on <= y.day and coalesce(s.discharged_on > y.day, true)
)
select person_id, institution_code, payer, site from stay where choice = 1
