-- Works on homes that were done in the year, each once: a row that was delivered again is the same work. Only rows with an ID
-- number. What the federation of disabled people pays is government money.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id, programme, done_on
with delivered as (
  select person_id, household_id, 'MZ15' as programme, done_on, coalesce(target, 'unknown') as target, region,
    government_amount, coalesce(enterprise_amount, 0) as enterprise_amount, coalesce(self_amount, 0) as self_amount
  from staged.renovation
  union all
  select person_id, household_id, 'CL02', done_on, 'certified', region, amount, 0, 0 from staged.accessibility_renovation
)
select d.person_id, min(d.household_id) as household_id, d.programme, d.done_on, min(d.target) as target,
  min(case
    when c.county is null then 'unknown'
    when length(d.region) = 9 and starts_with(d.region, c.county) and not ends_with(d.region, '000') then d.region
    else c.county
  end) as region,
  max(d.government_amount) as government_amount, max(d.enterprise_amount) as enterprise_amount,
  max(d.self_amount) as self_amount
from delivered d
join work.release_year y on y.january <= d.done_on and d.done_on <= y.day
left join reference.region_county c on c.code = substr(d.region, 1, 6)
where d.person_id is not null
group by d.person_id, d.programme, d.done_on
