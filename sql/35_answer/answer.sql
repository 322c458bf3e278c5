-- The latest answer of each office that was asked about a flag, with the months that it was given for: those that the
-- officer saw, or, where an answer does not say them, the months before the one of the decision.
-- schema: hub · pass: whole · kept as: table
-- grain: flag_id, place, department
-- privacy: pseudonymous
with given as (
  select a.flag_id, a.decision, a.heard, a.decided_on, a.recovered_amount, a.from_month, a.until_month,
    asked.place, asked.department, a.delivery_id, a.row,
    row_number() over (
      partition by a.flag_id, asked.place, asked.department
      order by a.decided_on desc, a.period_end desc, delivery.sequence desc, a.delivery_id, a.row desc
    ) as place_in_line
  from staged.disposition a
  join reference.delivery delivery on delivery.delivery_id = a.delivery_id
  join work.asked asked on asked.flag_id = a.flag_id and asked.place = delivery.place
    and asked.department = delivery.department
)
select given.flag_id, given.place, given.department, given.decision, given.heard, given.decided_on,
  given.recovered_amount, given.delivery_id, given.row,
  case
    when given.decision in ('corrected', 'to_recover') then 'confirmed'
    when given.decision = 'recovered' then 'recovered'
    when given.decision in ('data_error', 'allowed', 'not_dead') then 'dismissed'
    else 'open'
  end as effect,
  coalesce(given.from_month, flag.from_month) <= flag.from_month
    and flag.until_month <= coalesce(given.until_month, date_trunc('month', given.decided_on) - interval '1 month') as covers
from given
join work.flag flag on flag.flag_id = given.flag_id
where given.place_in_line = 1
