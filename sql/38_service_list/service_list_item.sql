-- Every version of every item of every list of basic care services (内蒙古 二（一）1 「服务对象、服务项目、服务内容及标准等进行动态
-- 调整」): what offices delivered, of two deliveries of one version the later, and what documents at hand say of the levels
-- above (schemas/codes/service_standard.csv). `item` is the common name where service_item.csv knows the spelling, else
-- the words of the list; `min_age` the first age that the words about the target group name. Half-open validity.
-- schema: hub · pass: whole · kept as: table
-- grain: level, place, item, target, valid_from, origin
-- privacy: no people
with read_as as (
  select l.level, substr(l.region, 1, case l.level when 'national' then 0 when 'province' then 2 when 'city' then 4 else 6 end)
      as place,
    coalesce(known.item, trim(l.item)) as item, l.class, trim(l.target) as target, l.standard, l.amount, l.valid_from,
    coalesce(l.valid_to + interval '1 day', date '9999-01-01') as valid_until, l.period_end, l.delivery_id, l.row
  from staged.service_list l
  left join reference.service_item known on known.spelling = trim(l.item)
),
delivered as (
  select read_as.*, row_number() over (
      partition by level, place, item, target, valid_from
      order by period_end desc, amount desc nulls last, delivery_id, row
    ) as choice
  from read_as
),
item as (
  select level, place, item, class, target, standard, amount, valid_from, cast(valid_until as date) as valid_until,
    delivery_id,
    try_cast(nullif(regexp_replace(target, '^.*?([0-9]{2,3})\s*周?岁.*$', '\1'), target) as bigint) as min_age
  from delivered where choice = 1
  union all
  select level, place, item, class, target, cast(null as varchar), try_cast(nullif(amount, '') as decimal(18, 2)), valid_from,
    valid_until, cast(null as varchar), min_age
  from reference.service_standard
)
select item.level, level.rank, item.place, item.item, item.class, item.target, item.min_age, item.standard,
  cast(item.amount as decimal(18, 2)) as amount, item.valid_from, item.valid_until,
  -- Here and not above: a constant in each half of a union is taken for one in both when rows are ordered by it.
  case when item.delivery_id is null then 'document' else 'delivered' end as origin
from item join reference.list_level level on level.level = item.level
