-- The months that a status covers, read for each month from the snapshot that speaks for it.
-- The amount of MZ05 is the household's and so no person's; a yearly amount is spread over its months in fen, the
-- remainder on January.
-- schema: work · pass: bucket · kept as: view
-- grain: none (one row per spell and month)
select s.person_id, s.benefit, m.month, c.county, cast(null as varchar) as category,
  case when s.benefit = 'MZ05' then cast(null as decimal(18, 2)) else s.monthly_amount end as amount,
  case when s.id_quality = 'upgraded15' then 'upgraded15' else 'id' end as link_grade,
  'assistance_roll' as dataset, s.delivery_id, s.row
from staged.assistance_roll s
join reference.snapshot_month m on m.dataset = 'assistance_roll' and m.place = s.place and m.period_end = s.period_end
join reference.region_county c on c.code = substr(s.region, 1, 6)
where s.person_id is not null and s.from_month <= m.month and m.month <= coalesce(s.to_month, s.period_end)
union all
select s.person_id, case when s.kind = 'reward' then 'WJ02' else 'WJ01' end, m.month, c.county, cast(null as varchar),
  case
    when s.period = 'year' and extract(month from m.month) = 1
      then s.amount - 11 * cast(floor(s.amount * 100 / 12) / 100 as decimal(18, 2))
    when s.period = 'year' then cast(floor(s.amount * 100 / 12) / 100 as decimal(18, 2))
    else s.amount
  end,
  case when s.id_quality = 'upgraded15' then 'upgraded15' else 'id' end, 'family_planning_support', s.delivery_id, s.row
from staged.family_planning_support s
join reference.snapshot_month m
  on m.dataset = 'family_planning_support' and m.place = s.place and m.period_end = s.period_end
join reference.region_county c on c.code = substr(s.region, 1, 6)
where s.person_id is not null and s.from_month <= m.month and m.month <= coalesce(s.to_month, s.period_end)
union all
select s.person_id, 'CL04', m.month, c.county, cast(null as varchar), s.amount,
  case when s.id_quality = 'upgraded15' then 'upgraded15' else 'id' end, 'day_care', s.delivery_id, s.row
from staged.day_care s
join reference.snapshot_month m on m.dataset = 'day_care' and m.place = s.place and m.period_end = s.period_end
join reference.region_county c on c.code = substr(s.region, 1, 6)
where s.person_id is not null and s.from_month <= m.month and m.month <= coalesce(s.to_month, s.period_end)
