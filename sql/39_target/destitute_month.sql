-- The destitute of each month by self-care, kind of support and wish (特困人员供养). Of several rows of a person in a month
-- central support counts, then the less able, then the wish.
-- schema: work · pass: bucket · kept as: table
-- grain: month, county, self_care, is_central, wishes
with person as (
  select s.person_id, m.month, c.county,
    min(case s.self_care when 'none' then 1 when 'half' then 2 when 'full' then 3 end) as care,
    coalesce(bool_or(s.support_mode = 'central'), false) as is_central, coalesce(bool_or(s.wish_central), false) as wishes
  from staged.assistance_roll s
  join reference.snapshot_month m on m.dataset = 'assistance_roll' and m.place = s.place and m.period_end = s.period_end
  join reference.region_county c on c.code = substr(s.region, 1, 6)
  where s.person_id is not null and s.benefit = 'MZ07'
    and s.from_month <= m.month and m.month <= coalesce(s.to_month, s.period_end)
  group by s.person_id, m.month, c.county
)
select month, county, case care when 1 then 'none' when 2 then 'half' when 3 then 'full' end as self_care, is_central, wishes,
  count(*) as persons
from person group by month, county, care, is_central, wishes
