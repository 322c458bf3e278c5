-- The items that hold in each county on the day of the run: of one item the list of the nearest level counts, county
-- before city before region before nation (内蒙古 二（一）2 「旗县(市、区)政府基本养老服务覆盖范围和标准高于盟市的,可单独制定」); of two
-- versions of one list the one that began later.
-- schema: hub · pass: whole · kept as: table
-- grain: county, item, target
-- privacy: no people
with county as (
  select distinct place as county from hub.service_list_item where level = 'county'
  union
  select distinct place from reference.delivery where length(place) = 6
),
held as (
  select c.county, i.*, max(i.rank) over (partition by c.county, i.item) as nearest,
    row_number() over (
      partition by c.county, i.item, i.rank, i.target order by i.valid_from desc, i.origin, i.amount desc nulls last
    ) as choice
  from county c
  cross join reference.run run
  join hub.service_list_item i on starts_with(c.county, i.place)
    and i.valid_from <= run.as_of and run.as_of < i.valid_until
)
select county, item, target, level, class, min_age, standard, amount, valid_from, origin
from held where rank = nearest and choice = 1
