-- The months that a spell covers, read for each month from the snapshot that speaks for it.
-- A yearly amount is spread over its months in fen, the remainder on January.
-- schema: work · pass: bucket · kept as: view
-- grain: none (one row per spell and month)
select s.person_id, s.benefit, m.month, c.county, cast(null as varchar) as category,
  case
    when s.is_yearly and extract(month from m.month) = 1
      then s.amount - 11 * cast(floor(s.amount * 100 / 12) / 100 as decimal(18, 2))
    when s.is_yearly then cast(floor(s.amount * 100 / 12) / 100 as decimal(18, 2))
    else s.amount
  end as amount,
  s.link_grade, s.dataset, s.delivery_id, s.row
from work.spell s
join reference.snapshot_month m on m.dataset = s.dataset and m.place = s.place and m.period_end = s.period_end
join reference.region_county c on c.code = substr(s.region, 1, 6)
where s.from_month <= m.month and m.month <= coalesce(s.to_month, s.period_end)
