-- Every version of every item of every list of basic care services (内蒙古 二（一）1 「服务对象、服务项目、服务内容及标准等进行动态
-- 调整」): what offices delivered, of two deliveries of one version the later, and what documents at hand say of the levels
-- above (schemas/codes/service_standard.csv). `item` is the common name where service_item.csv knows the spelling, else
-- the words of the list; `min_age` the first age that the words about the target group name. Half-open validity.
-- schema: hub · pass: whole · kept as: table
-- grain: level, place, item, target, valid_from, origin
-- privacy: no people
with read_as as (
  select l.level, level.rank, substr(l.region, 1, case l.level when 'national' then 0 when 'province' then 2 when 'city' then 4 else 6 end)
      as place,
    coalesce(known.item, trim(l.item)) as item, l.class, trim(l.target) as target, l.standard, l.amount, l.valid_from,
    coalesce(l.valid_to + interval '1 day', date '9999-01-01') as valid_until, l.period_end, l.delivery_id, l.row
  from staged.service_list l
  join reference.list_level level on level.level = l.level
  left join reference.service_item known on known.spelling = trim(l.item)
),
delivered as (
  select read_as.*, row_number() over (
      partition by level, place, item, target, valid_from
      order by period_end desc, amount desc nulls last, delivery_id, row
    ) as choice
  from read_as
)
select level, rank, place, item, class, target,
  try_cast(nullif(regexp_replace(target, '^.*?([0-9]{2,3})\s*周?岁.*$', '\1'), target) as bigint) as min_age,
  standard, cast(amount as decimal(18, 2)) as amount, valid_from, cast(valid_until as date) as valid_until,
  'delivered' as origin
from delivered where choice = 1
union all
select s.level, level.rank, s.place, s.item, s.class, s.target, s.min_age, cast(null as varchar),
  cast(try_cast(nullif(s.amount, '') as decimal(18, 2)) as decimal(18, 2)), s.valid_from, s.valid_until, 'document'
from reference.service_standard s join reference.list_level level on level.level = s.level
