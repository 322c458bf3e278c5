-- The months of a county in which visits can be judged: its register and its service events are complete.
-- schema: work · pass: bucket · kept as: memory
-- grain: county, month_no
with county as (select distinct county from hub.hardship where county is not null),
office as (
  select c.county, v.month_no, v.dataset, bool_and(v.is_complete) as is_complete
  from county c join reference.coverage v on starts_with(c.county, v.place)
  where v.dataset in ('elder_register', 'service_event')
  group by c.county, v.month_no, v.dataset
)
select county, month_no from office where is_complete group by county, month_no having count(*) = 2
