-- Every quantified target of the policy documents with what the run says of it (聊城 四（二） 「建立养老服务高质量发展监测分析与
-- 落实评价机制,加强统计监测工作」; 内蒙古 三（二） 「纳入积极应对人口老龄化综合绩效评估」): the place as a whole and each county in it.
-- Where months add up, those from the first that counts until the deadline; else the newest month until the deadline.
-- `state`: reached, open, missed (after the deadline), no_target (the document names no number), part (a county of a target
-- for the whole, or the whole of one for each county), no_data (nobody here has delivered what it rests on) or missing (no
-- department delivers it at all; `missing` says what).
-- Openings of facilities that were closed again before the end of their month are not seen.
-- schema: hub · pass: whole · kept as: table
-- grain: target_id, deadline, region
-- privacy: counts of facilities, beds, households and people, not protected; for operators
with asked as (
  select t.target_id, t.place, t.in_each_county, t.indicator, t.from_month, t.unit, t.at_least, t.missing, d.deadline, d.clause,
    least(d.deadline, run.as_of) as day, run.as_of
  from reference.target t join reference.target_deadline d on d.target_id = t.target_id cross join reference.run run
),
heard as (
  select a.target_id, a.deadline, m.county, m.month, m.numerator, m.denominator,
    max(m.month) over (partition by a.target_id, a.deadline, m.county) as newest, a.from_month
  from asked a
  join hub.indicator m on m.indicator = a.indicator and starts_with(m.county, a.place)
    and m.month + interval '1 month' <= a.day + interval '1 day' and (a.from_month is null or a.from_month <= m.month)
),
county as (
  select target_id, deadline, county, max(newest) as month, sum(numerator) as numerator, sum(denominator) as denominator
  from heard where from_month is not null or month = newest
  group by target_id, deadline, county
),
found as (
  select target_id, deadline, county as region, month, numerator, denominator from county
  union all
  select c.target_id, c.deadline, a.place, max(c.month), sum(c.numerator), sum(c.denominator)
  from county c join asked a on a.target_id = c.target_id and a.deadline = c.deadline
  where length(a.place) < 6
  group by c.target_id, c.deadline, a.place
),
line as (
  select a.*, coalesce(f.region, a.place) as region, f.month, f.numerator, f.denominator,
    case a.unit
      when 'number' then cast(f.numerator as decimal(18, 2))
      when 'percent' then cast(cast(f.numerator as decimal(20, 0)) * 100 / nullif(cast(f.denominator as decimal(20, 0)), 0) as decimal(18, 2))
      else cast(cast(f.numerator as decimal(20, 0)) / nullif(cast(f.denominator as decimal(20, 0)), 0) as decimal(18, 2))
    end as value,
    -- A share is reached by its parts, not by its rounded value.
    case
      when a.unit = 'number' then cast(f.numerator as decimal(20, 0)) >= a.at_least
      when a.unit = 'percent' then cast(f.numerator as decimal(20, 0)) * 100 >= a.at_least * cast(f.denominator as decimal(20, 0))
      else cast(f.numerator as decimal(20, 0)) >= a.at_least * cast(f.denominator as decimal(20, 0))
    end as is_reached,
    length(coalesce(f.region, a.place)) = 6 or not a.in_each_county as is_judged
  from asked a left join found f on f.target_id = a.target_id and f.deadline = a.deadline
)
select target_id, deadline, region, clause, place, indicator, month, cast(numerator as bigint) as numerator,
  cast(denominator as bigint) as denominator, value, at_least as target, cast(value - at_least as decimal(18, 2)) as gap,
  case
    when missing is not null then 'missing'
    when value is null then 'no_data'
    when at_least is null then 'no_target'
    when not is_judged or (region <> place and not in_each_county) then 'part'
    when is_reached then 'reached'
    when as_of > deadline then 'missed'
    else 'open'
  end as state,
  missing
from line
