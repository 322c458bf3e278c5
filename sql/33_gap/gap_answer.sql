-- The latest answer of each office that was asked about a gap. Who does not want the benefit, or need not have it, closes
-- the gap for twelve months; a benefit that is now granted, for three, in which the payment should come.
-- schema: hub · pass: whole · kept as: table
-- grain: gap_id, place, department
-- privacy: pseudonymous
with given as (
  select a.gap_id, asked.place, asked.department, a.decision, a.heard, a.decided_on, a.delivery_id, a.row,
    row_number() over (
      partition by a.gap_id, asked.place, asked.department
      order by a.decided_on desc, a.period_end desc, delivery.sequence desc, a.delivery_id, a.row desc
    ) as place_in_line
  from staged.disposition a
  join reference.delivery delivery on delivery.delivery_id = a.delivery_id
  join work.gap_asked asked on asked.gap_id = a.gap_id and asked.place = delivery.place
    and asked.department = delivery.department
)
select gap_id, place, department, decision, heard, decided_on, delivery_id, row,
  case
    when decision in ('corrected', 'to_recover', 'recovered') then 'confirmed'
    when decision in ('waived', 'allowed', 'data_error', 'not_dead') then 'closed'
    else 'open'
  end as effect,
  case
    when decision in ('corrected', 'to_recover', 'recovered') then cast(date_trunc('month', decided_on) + interval '3 month' as date)
    when decision in ('waived', 'allowed', 'data_error', 'not_dead') then cast(date_trunc('month', decided_on) + interval '12 month' as date)
    else decided_on
  end as holds_until
from given where place_in_line = 1
