-- Long-term care insurance of each person of the release who is insured or assessed on 31 December or drew a benefit in the
-- year: the level in force in December and the way of the newest month. The region is the pool where the person is insured,
-- else the one that paid last.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id
with insured as (
  select s.person_id, min(c.county) as county
  from staged.enrolment s
  join reference.snapshot_day d on d.dataset = 'enrolment' and d.place = s.place and d.period_end = s.period_end
  join work.release_year y on y.day = d.day
  left join reference.region_county c on c.code = substr(s.pool_region, 1, 6)
  where s.person_id is not null and s.ltci_insured and coalesce(s.stopped_on > y.day, s.status = 'active')
  group by s.person_id
),
assessed as (
  select a.person_id, max(cast(a.level as bigint)) as level
  from work.assessment_made a
  join work.release_year y on a.from_no <= y.december_no and y.december_no < a.until_of_standard_no
  where a.standard = 'LTCI2021'
  group by a.person_id
),
newest as (
  select b.person_id, b.mode, c.county,
    row_number() over (partition by b.person_id order by b.month desc, b.mode, b.pool_region, b.delivery_id, b.row) as choice
  from staged.ltci_benefit b
  join work.release_year y on y.january <= b.month and b.month <= y.december
  left join reference.region_county c on c.code = substr(b.pool_region, 1, 6)
  where b.person_id is not null
),
drawn as (
  select person_id, in_december, amount from work.release_recipient where benefit = 'YB01'
)
select p.person_id, coalesce(insured.county, newest.county, 'unknown') as region,
  case when p.in_stock then coalesce(cast(assessed.level as varchar), 'not_assessed') else 'not_assessed' end as level,
  case when drawn.person_id is null then 'none' else coalesce(newest.mode, 'none') end as mode, p.urban_rural,
  p.in_stock and insured.person_id is not null as is_insured, p.in_stock and assessed.person_id is not null as is_assessed,
  drawn.person_id is not null as is_drawing, coalesce(drawn.in_december, false) as in_december, drawn.amount
from work.release_person p
left join insured on insured.person_id = p.person_id
left join assessed on assessed.person_id = p.person_id
left join drawn on drawn.person_id = p.person_id
left join newest on newest.person_id = p.person_id and newest.choice = 1
where drawn.person_id is not null or (p.in_stock and (insured.person_id is not null or assessed.person_id is not null))
