-- The days of each month on which a person was resident in an institution, as half-open intervals.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, month, institution_code, admitted_on, from_day, until_day
select distinct s.person_id, m.month, c.county, s.institution_code, s.admitted_on,
  s.link_grade,
  greatest(s.admitted_on, m.month) as from_day,
  least(coalesce(s.discharged_on, s.period_end + interval '1 day'), m.month + interval '1 month') as until_day
from work.stay s
join reference.snapshot_month m on m.dataset = 'institution_stay' and m.place = s.place and m.period_end = s.period_end
join reference.region_county c on c.code = substr(s.region, 1, 6)
where s.admitted_on < m.month + interval '1 month'
  and coalesce(s.discharged_on, s.period_end + interval '1 day') > m.month
  and coalesce(s.discharged_on, s.period_end + interval '1 day') > s.admitted_on
