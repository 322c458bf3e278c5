-- The latest answer to each flag, from an office that was asked, with the months that it was given for: those of the
-- flag in the publication that the office had before it answered.
-- schema: hub · pass: whole · kept as: table
-- grain: flag_id
with given as (
  select a.flag_id, a.decision, a.heard, a.decided_on, a.recovered_amount, a.delivery_id, a.row,
    delivery.place, delivery.department,
    row_number() over (
      partition by a.flag_id order by a.decided_on desc, a.period_end desc, delivery.sequence desc, a.delivery_id, a.row desc
    ) as place_in_line
  from staged.disposition a
  join reference.delivery delivery on delivery.delivery_id = a.delivery_id
  join (select distinct flag_id, place, department from work.asked) asked on asked.flag_id = a.flag_id
    and asked.place = delivery.place and asked.department = delivery.department
)
select given.flag_id, given.decision, given.heard, given.decided_on, given.recovered_amount,
  given.place, given.department, given.delivery_id, given.row,
  case
    when given.decision in ('corrected', 'to_recover') then 'confirmed'
    when given.decision = 'recovered' then 'recovered'
    when given.decision in ('data_error', 'allowed', 'not_dead') then 'dismissed'
    else 'open'
  end as effect,
  coalesce(before.from_month, flag.from_month) as from_month,
  coalesce(before.until_month, flag.until_month) as until_month
from given
left join history.answer before on before.flag_id = given.flag_id and before.delivery_id = given.delivery_id
  and before.row = given.row
left join history.flag_record flag on flag.flag_id = given.flag_id
where given.place_in_line = 1
