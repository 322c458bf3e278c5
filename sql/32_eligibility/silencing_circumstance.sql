-- Circumstances that take somebody off a list and put nobody on one: here a row that a name alone links counts too.
-- A month in an institution is a whole one; an adaptation holds for good, and so does a pension that nobody stopped.
-- schema: work · pass: bucket · kept as: view
-- grain: none (one row per delivered row)
with event as (
  select person_id, service, category, cast(started_at as date) as day from staged.service_event where person_id is not null
  union all
  select person_id, service, category, cast(started_at as date) from unnumbered.service_event where person_id is not null
),
seen as (
  select distinct person_id, service = '13' as is_visit,
    case when substr(category, 1, 1) = 'H' then 'home_service_drawn' when substr(category, 1, 1) = 'M' then 'meal_service_drawn' end
      as drawn,
    cast(extract(year from day) * 12 + extract(month from day) - 1 as bigint) as month_no
  from event
),
adapted as (
  select person_id, done_on from staged.renovation where person_id is not null
  union all select person_id, done_on from unnumbered.renovation where person_id is not null
  union all select person_id, done_on from staged.accessibility_renovation where person_id is not null
  union all select person_id, done_on from unnumbered.accessibility_renovation where person_id is not null
),
pension as (
  select person_id, from_month, stopped_on from staged.pension_status where person_id is not null
  union all
  select person_id, from_month, stopped_on from unnumbered.pension_status where person_id is not null
),
-- Who draws a pension every month needs no look at its state.
drawing as (
  select m.person_id
  from work.paid_circumstance m
  join reference.month month on month.month = m.month
  where m.circumstance = 'pension_drawn'
  group by m.person_id
  having count(*) = (select count(*) from reference.month)
)
select person_id, 'visited' as circumstance, month_no as from_no, month_no + 1 as until_no from seen where is_visit
union all
select person_id, drawn, month_no, month_no + 1 from seen where drawn is not null
union all
select person_id, 'renovated', cast(extract(year from done_on) * 12 + extract(month from done_on) - 1 as bigint),
  cast(120000 as bigint)
from adapted
union all
select person_id, 'in_institution', from_no, until_no from work.resident_span
union all
select p.person_id, 'pension_open', cast(extract(year from p.from_month) * 12 + extract(month from p.from_month) - 1 as bigint),
  case
    when p.stopped_on is null then cast(120000 as bigint)
    else cast(extract(year from p.stopped_on) * 12 + extract(month from p.stopped_on) - 1 as bigint)
  end
from pension p left join drawing on drawing.person_id = p.person_id
where drawing.person_id is null
