-- Which office hears of which open flag that it has not answered, as which side. A department that a rule tells besides the
-- one that checks hears of it where it has rows of it, and is asked nothing. The amount is that of the office's own side,
-- where nobody else has rows of that side. A flag that is open again after an answer is asked anew from the day of that answer.
-- schema: work · pass: whole · kept as: table
-- grain: flag_id, place, department
with source as (
  select distinct own.flag_id, own.side, delivery.place, delivery.department
  from evidence.overlap_row own join reference.delivery delivery on delivery.delivery_id = own.delivery_id
),
-- Counting distinct texts would hold a table of texts for each side of each flag.
side as (select flag_id, side, count(*) as offices from source group by flag_id, side),
informed as (
  select source.flag_id, source.place, source.department, min(source.side) as side
  from source
  join hub.overlap flag on flag.flag_id = source.flag_id
  join reference.rule_tell tell on tell.rule_id = flag.rule_id and tell.department = source.department
  left join work.asked asked on asked.flag_id = source.flag_id and asked.place = source.place
    and asked.department = source.department
  where asked.flag_id is null
  group by source.flag_id, source.place, source.department
),
receiver as (
  select flag_id, place, department, side, true as is_asked from work.asked
  union all
  select flag_id, place, department, side, false from informed
)
select flag.flag_id, receiver.place, receiver.department, flag.rule_id,
  case when receiver.side = 'left' then flag.left_benefit else flag.right_benefit end as own_side,
  case when receiver.side = 'left' then flag.right_benefit else flag.left_benefit end as other_side,
  flag.from_month, flag.until_month, flag.months,
  case when side.offices = 1 then case when receiver.side = 'left' then flag.left_amount else flag.right_amount end end
    as amount,
  flag.severity = 'violation' as is_exact, flag.first_seen_on,
  case when receiver.is_asked then greatest(flag.first_seen_on, coalesce(answer.decided_on, flag.first_seen_on)) end
    as asked_on
from hub.overlap flag
join receiver on receiver.flag_id = flag.flag_id
join side on side.flag_id = flag.flag_id and side.side = receiver.side
left join hub.answer answer on answer.flag_id = receiver.flag_id and answer.place = receiver.place
  and answer.department = receiver.department
where flag.severity <> 'info' and flag.status in ('new', 'open')
  and not coalesce(answer.covers and answer.effect <> 'open', false)
