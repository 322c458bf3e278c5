-- The months for which each snapshot speaks, as numbers since year 0: `from_no` is the first, `until_no` the one after
-- the last. A snapshot's months follow one another.
-- schema: work · pass: bucket · kept as: memory
-- grain: dataset, place, period_end
select dataset, place, period_end,
  cast(extract(year from min(month)) * 12 + extract(month from min(month)) - 1 as bigint) as from_no,
  cast(extract(year from max(month)) * 12 + extract(month from max(month)) as bigint) as until_no
from reference.snapshot_month
group by dataset, place, period_end
