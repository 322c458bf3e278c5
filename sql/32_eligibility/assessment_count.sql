-- How many people of 60 and older on subsistence allowance or destitute there were in each month, and how many with an
-- assessment in force, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: county, month, circumstance
with member as (
  select distinct c.person_id, c.circumstance, p.hukou_county as county, month.month, month.month_no
  from work.circumstance c
  join hub.person p on p.person_id = c.person_id and p.death_status = 'alive' and p.register_status = 'active'
  join reference.month month on month.month_no >= c.from_no and month.month_no < c.until_no
    and month.month_no >= cast(extract(year from p.birth_month) * 12 + extract(month from p.birth_month) - 1 as bigint) + 720
  where c.circumstance in ('low_income', 'destitute')
),
assessed as (
  select distinct c.person_id, month.month_no
  from work.circumstance c
  join (select distinct person_id from member) m on m.person_id = c.person_id
  join reference.month month on month.month_no >= c.from_no and month.month_no < c.until_no
  where c.circumstance = 'assessed'
)
select m.county, m.month, m.circumstance, count(*) as persons,
  sum(case when a.person_id is null then 0 else 1 end) as assessed
from member m left join assessed a on a.person_id = m.person_id and a.month_no = m.month_no
group by m.county, m.month, m.circumstance
