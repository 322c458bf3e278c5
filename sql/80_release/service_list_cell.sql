-- Who received the items of the list of basic services that holds in their county on 31 December, and how much: the finest
-- cells. Of one item the list of the nearest level counts. Items without a benefit of their own in the deliveries are left out.
-- schema: release · pass: whole · kept as: table
-- grain: region, item, class, list_level
-- privacy: counts of people, not protected; for the release alone
with item as (
  select * from (values
    ('employee_pension', 'RS01'), ('resident_pension', 'RS02'), ('old_age_allowance', 'MZ01'), ('service_subsidy', 'MZ02'),
    ('nursing_subsidy', 'MZ03'), ('subsistence', 'MZ05')
  ) as item(item, benefit)
),
received as (
  select region, substr(region, 1, 6) as county, benefit, sum(persons_in_year) as persons, sum(amount) as amount
  from release.benefit_recipients_cell group by region, benefit
),
county as (select distinct county from received),
nearest as (
  select county.county, i.item, i.level, min(i.class) as class, i.rank, max(i.rank) over (partition by county.county, i.item) as last_rank
  from county
  cross join work.released_year y
  join hub.service_list_item i on starts_with(county.county, i.place) and i.valid_from <= y.day and y.day < i.valid_until
  group by county.county, i.item, i.level, i.rank
)
select r.region, n.item, n.class, n.level as list_level, cast(sum(r.persons) as bigint) as persons,
  cast(sum(r.amount) as decimal(18, 2)) as amount
from received r
join item on item.benefit = r.benefit
join nearest n on n.county = r.county and n.item = item.item and n.rank = n.last_rank
group by r.region, n.item, n.class, n.level
