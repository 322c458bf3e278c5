-- The office's own rows that each of its clues rests on; a row that stands on both sides is named once.
-- schema: evidence · pass: whole · kept as: table
-- grain: place, department, flag_id, delivery_id, row
-- privacy: pseudonymous
with source as (select distinct flag_id, delivery_id, row from evidence.overlap_row)
select clue.place, clue.department, clue.flag_id, source.delivery_id, delivery.dataset, delivery.period,
  delivery.sequence, source.row
from evidence.clue clue
join source on source.flag_id = clue.flag_id
join reference.delivery delivery on delivery.delivery_id = source.delivery_id
  and delivery.place = clue.place and delivery.department = clue.department
