-- Quantified targets of the policy documents in numbers on 31 December: the finest cells are counties. Where months add up,
-- those from the first that counts until the deadline; else the newest month until the deadline or the year's end. A target
-- about people is in the columns of people, any other in those of things; the others are null. A target that is not answered
-- here, because it is another place's or nobody delivers what it needs, has one row without numbers: it does not apply.
-- schema: release · pass: whole · kept as: table
-- grain: region, target
-- privacy: counts of facilities, beds, households and people, not protected; for the release alone
with asked as (
  select t.target_id || '@' || to_char(d.deadline, '%Y-%m-%d') as target, t.place, t.indicator, t.from_month,
    least(d.deadline, y.day) as day
  from reference.target t
  join reference.target_deadline d on d.target_id = t.target_id
  cross join work.released_year y
),
heard as (
  select a.target, a.indicator, a.from_month, m.county, m.month, m.numerator, m.denominator,
    max(m.month) over (partition by a.target, m.county) as newest
  from asked a
  join hub.indicator m on m.indicator = a.indicator and starts_with(m.county, a.place)
    and m.month + interval '1 month' <= a.day + interval '1 day' and (a.from_month is null or a.from_month <= m.month)
),
found as (
  select county as region, target,
    indicator in ('central_support', 'central_support_full', 'central_support_wish', 'certified_carers',
      'long_term_care_insured', 'assessed_on_assistance', 'hardship_visited', 'home_service_covered',
      'meals_covered') as is_people,
    sum(numerator) as numerator, sum(denominator) as denominator
  from heard where from_month is not null or month = newest
  group by county, target, indicator
),
here as (
  select distinct a.place
  from asked a
  join (select distinct county from hub.indicator) i on starts_with(i.county, a.place)
)
select region, target, cast(case when is_people then denominator end as bigint) as persons,
  cast(case when is_people then numerator end as bigint) as persons_reached,
  cast(case when not is_people then denominator end as bigint) as things,
  cast(case when not is_people then numerator end as bigint) as things_reached
from found
union all
select 'unknown', a.target, null, null, null, null
from asked a
left join here h on h.place = a.place
where a.indicator is null or h.place is null
