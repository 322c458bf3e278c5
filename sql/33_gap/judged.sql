-- The months in which each kind of gap may be judged in a county: every dataset it rests on is complete, no events that
-- could prove it are missing in the months before, and none that could hold a later booking in the months after. What is
-- missing makes a month unknown, never a gap. `judged_no` counts the judged months, so that an unknown one breaks no run.
-- Every kind needs both records of deaths, those before it and those that come late; every kind of a benefit needs the
-- applications, of which one that was refused or waived earlier silences it. An office without any hands over an empty
-- extract.
-- schema: work · pass: bucket · kept as: memory
-- grain: gap_kind, county, month_no
with county as (
  select distinct hukou_county as county from work.register_span where hukou_county is not null
  union
  select distinct residence_county from work.register_span where residence_county is not null
),
office as (
  select c.county, v.dataset, v.month_no, v.is_events, bool_and(v.is_complete) as is_complete
  from county c join reference.coverage v on starts_with(c.county, v.place)
  group by c.county, v.dataset, v.month_no, v.is_events
),
of_all as (
  select 'death_certificate' as dataset, 'proved' as role, false as of_benefit
  union all select 'death_certificate', 'received', false
  union all select 'funeral', 'proved', false
  union all select 'funeral', 'received', false
  union all select 'benefit_approval', 'proved', true
  union all select 'benefit_approval', 'received', true
),
rests as (
  select gap_kind, dataset, role from reference.gap_dataset
  union
  select kind.gap_kind, of_all.dataset, of_all.role
  from reference.gap kind join of_all on kind.benefit is not null or not of_all.of_benefit
),
needed as (select gap_kind, count(distinct dataset) as datasets from rests group by gap_kind),
whole as (
  select g.gap_kind, o.county, o.month_no, count(*) as datasets
  from (select distinct gap_kind, dataset from rests) g join office o on o.dataset = g.dataset
  where o.is_complete
  group by g.gap_kind, o.county, o.month_no
),
spoilt as (
  select distinct g.gap_kind, o.county, month.month_no
  from office o
  join rests g on g.dataset = o.dataset
  cross join reference.gap_window w
  join reference.month month
    on (g.role = 'proved' and month.month_no > o.month_no and month.month_no <= o.month_no + w.before)
    or (g.role = 'received' and month.month_no < o.month_no and month.month_no >= o.month_no - w.after)
  where o.is_events and not o.is_complete
)
select whole.gap_kind, whole.county, whole.month_no,
  row_number() over (partition by whole.gap_kind, whole.county order by whole.month_no) as judged_no,
  count(*) over (partition by whole.gap_kind, whole.county) as judged_months
from whole
join needed on needed.gap_kind = whole.gap_kind and needed.datasets = whole.datasets
left join spoilt on spoilt.gap_kind = whole.gap_kind and spoilt.county = whole.county and spoilt.month_no = whole.month_no
where spoilt.gap_kind is null
