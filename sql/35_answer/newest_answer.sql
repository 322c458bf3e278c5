-- What each office says of a flag or a gap: of several answers the one decided last, of those of one day the one delivered
-- last. Whether the office was asked is for who reads this.
-- schema: work · pass: whole · kept as: table
-- grain: flag_id, gap_id, place, department
with given as (
  select a.flag_id, a.gap_id, delivery.place, delivery.department, a.decision, a.heard, a.decided_on, a.recovered_amount,
    a.from_month, a.until_month, a.delivery_id, a.row,
    row_number() over (
      partition by a.flag_id, a.gap_id, delivery.place, delivery.department
      order by a.decided_on desc, a.period_end desc, delivery.sequence desc, a.delivery_id, a.row desc
    ) as place_in_line
  from staged.disposition a
  join reference.delivery delivery on delivery.delivery_id = a.delivery_id
)
select flag_id, gap_id, place, department, decision, heard, decided_on, recovered_amount, from_month, until_month,
  delivery_id, row
from given where place_in_line = 1
