-- The monthly monitor (内蒙古 二（二）3 「开展基本养老服务统计监测」; 凤冈县 六（二） 「每月向县试点工作领导小组办公室报送工作推进情况」):
-- of each item and county, for the six categories also each township, the month, the year so far and the same month of the
-- year before. People of the year so far are counted once in their county. A stock and a share have no sum. For inside use:
-- not protected against disclosure.
-- schema: hub · pass: whole · kept as: table
-- grain: month, section, item, region, unit
-- privacy: counts of people, not protected; for operators
with benefit as (
  select month, county, benefit, sum(persons) as persons, sum(first_persons) as first_persons, sum(amount) as amount
  from work.benefit_month_count group by month, county, benefit
),
settled as (
  select month, county, coalesce(benefit, 'none') as benefit, sum(events) as events, sum(payable) as payable
  from hub.settlement group by month, county, benefit
),
line as (
  select month, 'benefit' as section, benefit as item, county as region, 'persons' as unit,
    cast(persons as decimal(18, 2)) as value, cast(first_persons as decimal(18, 2)) as adds
  from benefit
  union all
  select month, 'benefit', benefit, county, 'yuan', cast(amount as decimal(18, 2)), cast(amount as decimal(18, 2)) from benefit
  union all
  select month, 'settlement', benefit, county, 'events', cast(events as decimal(18, 2)), cast(events as decimal(18, 2)) from settled
  union all
  select month, 'settlement', benefit, county, 'yuan', cast(payable as decimal(18, 2)), cast(payable as decimal(18, 2)) from settled
  union all
  select month, 'indicator', indicator, county, 'number', cast(numerator as decimal(18, 2)),
    case when ends_with(indicator, '_opened') or ends_with(indicator, '_adaptations') then cast(numerator as decimal(18, 2)) end
  from hub.indicator where denominator is null
  union all
  select month, 'indicator', indicator, county, 'percent',
    cast(cast(numerator as decimal(20, 0)) * 100 / nullif(cast(denominator as decimal(20, 0)), 0) as decimal(18, 2)), null
  from hub.indicator where denominator is not null
  union all
  select month, 'indicator', indicator, township, 'percent',
    cast(cast(covered as decimal(20, 0)) * 100 / cast(persons as decimal(20, 0)) as decimal(18, 2)), null
  from hub.category_coverage where township is not null
)
select line.month, line.section, line.item, line.region, line.unit, line.value,
  cast(sum(line.adds) over (
    partition by line.section, line.item, line.region, line.unit, extract(year from line.month) order by line.month
  ) as decimal(18, 2)) as so_far,
  earlier.value as last_year
from line
left join line earlier on earlier.section = line.section and earlier.item = line.item and earlier.region = line.region
  and earlier.unit = line.unit and earlier.month = line.month - interval '12 months'
