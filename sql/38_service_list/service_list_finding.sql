-- Lists beside those of the levels above them (内蒙古 二（一）2 「覆盖范围和标准不低于国家和自治区相关要求」), as they hold on the
-- day of the run: a lower amount for the same people, a higher age of entry, an item of the level above that a list leaves
-- out, another class of service, two versions at once. Two target groups in other words are for a person to compare. An
-- item without amount or age promises none, and is not lower. A row stands beside the row above with the same words, else
-- with the highest age that it reaches: 100 yuan from 80 on and 200 from 90 on are two steps of one item.
-- schema: hub · pass: whole · kept as: table
-- grain: level, place, item, target, upper_level, upper_target, finding
-- privacy: no people
with now as (
  select i.* from hub.service_list_item i cross join reference.run run
  where i.valid_from <= run.as_of and run.as_of < i.valid_until
),
-- Of one level the delivered list counts before the document, and of two versions the one that began later.
chosen as (
  select now.*, row_number() over (
      partition by level, place, item, target order by origin, valid_from desc, amount desc nulls last
    ) as choice
  from now
),
row_of as (select * from chosen where choice = 1),
beside as (
  select l.level, l.place, l.item, l.target, l.class, l.min_age, l.amount, u.level as upper_level, u.target as upper_target,
    u.class as upper_class, u.min_age as upper_min_age, u.amount as upper_amount,
    row_number() over (
      partition by l.level, l.place, l.item, l.target, u.level
      order by l.target = u.target desc, u.min_age desc nulls last, u.target
    ) as choice
  from row_of l
  join row_of u on u.item = l.item and u.rank < l.rank and starts_with(l.place, u.place)
  where l.origin = 'delivered'
    and (l.target = u.target or l.min_age is null or u.min_age is null or u.min_age <= l.min_age)
),
pair as (select * from beside where choice = 1),
-- Without an age in the words a row is open to every age.
entry as (
  select level, rank, place, item, case when bool_and(min_age is not null) then min(min_age) end as min_age,
    bool_or(origin = 'delivered') as is_delivered
  from row_of group by level, rank, place, item
),
list as (select distinct level, rank, place from now where origin = 'delivered'),
missing as (
  select list.level, list.place, u.item, u.target, u.level as upper_level, u.min_age, u.amount
  from list
  join row_of u on u.rank < list.rank and starts_with(list.place, u.place)
  left join entry l on l.level = list.level and l.place = list.place and l.item = u.item
  where l.item is null
),
twice as (
  select level, place, item, target from now where origin = 'delivered'
  group by level, place, item, target having count(*) > 1
)
select level, place, item, target, upper_level, upper_target, 'amount_lower' as finding, 'violation' as severity,
  amount, upper_amount, min_age, upper_min_age
from pair where amount < upper_amount
union all
select l.level, l.place, l.item, cast(null as varchar), u.level, cast(null as varchar) as upper_target, 'scope_narrower',
  'violation', cast(null as decimal(18, 2)) as amount, cast(null as decimal(18, 2)) as upper_amount, l.min_age,
  u.min_age as upper_min_age
from entry l join entry u on u.item = l.item and u.rank < l.rank and starts_with(l.place, u.place)
where l.is_delivered and l.min_age > u.min_age
union all
select level, place, item, target, upper_level, upper_target, 'scope_differs', 'review', amount, upper_amount, min_age,
  upper_min_age
from pair where target <> upper_target and (min_age is null or upper_min_age is null)
union all
select level, place, item, target, upper_level, upper_target, 'class_differs', 'review', amount, upper_amount, min_age,
  upper_min_age
from pair where class <> upper_class
union all
select level, place, item, target, upper_level, target as upper_target, 'item_missing', 'review',
  cast(null as decimal(18, 2)), amount as upper_amount, cast(null as bigint), min_age as upper_min_age
from missing
union all
select level, place, item, target, level as upper_level, target as upper_target, 'two_versions', 'review',
  cast(null as decimal(18, 2)) as amount, cast(null as decimal(18, 2)) as upper_amount, cast(null as bigint) as min_age,
  cast(null as bigint) as upper_min_age
from twice
