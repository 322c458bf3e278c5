-- The office's own rows that each of its clues rests on: of a flag every row, named once where it stands on both sides;
-- of two people who may be one, one row of each of its datasets for each of them.
-- schema: evidence · pass: whole · kept as: table
-- grain: place, department, kind, clue_id, delivery_id, row
-- privacy: pseudonymous
with candidate_row as (
  select own.candidate_id, delivery.place, delivery.department, own.delivery_id, delivery.dataset, delivery.period,
    delivery.sequence, own.row,
    row_number() over (
      partition by own.candidate_id, own.person_id, delivery.place, delivery.department, delivery.dataset
      order by delivery.period desc, own.delivery_id, own.row
    ) as place_in_line
  from work.candidate_row own join reference.delivery delivery on delivery.delivery_id = own.delivery_id
),
gap_row as (
  select asked.gap_id, delivery.place, delivery.department, own.delivery_id, delivery.dataset, delivery.period,
    delivery.sequence, own.row,
    row_number() over (
      partition by asked.gap_id, delivery.place, delivery.department, delivery.dataset
      order by delivery.period desc, own.delivery_id, own.row
    ) as place_in_line
  from work.gap_asked asked
  join hub.gap gap on gap.gap_id = asked.gap_id and gap.status in ('new', 'open')
  join work.gap_row own on own.person_id = gap.person_id
  join reference.delivery delivery on delivery.delivery_id = own.delivery_id
    and delivery.place = asked.place and delivery.department = asked.department
),
flag_row as (select distinct flag_id, delivery_id, row from evidence.overlap_row)
select clue.place, clue.department, clue.kind, clue.clue_id, own.delivery_id, delivery.dataset, delivery.period,
  delivery.sequence, own.row
from evidence.clue clue
join flag_row own on own.flag_id = clue.clue_id
join reference.delivery delivery on delivery.delivery_id = own.delivery_id
  and delivery.place = clue.place and delivery.department = clue.department
where clue.kind = 'overlap'
union all
select clue.place, clue.department, clue.kind, clue.clue_id, own.delivery_id, own.dataset, own.period, own.sequence,
  own.row
from evidence.clue clue
join candidate_row own on own.candidate_id = clue.clue_id and own.place = clue.place
  and own.department = clue.department and own.place_in_line = 1
where clue.kind = 'same_person'
union all
select clue.place, clue.department, clue.kind, clue.clue_id, own.delivery_id, own.dataset, own.period, own.sequence,
  own.row
from evidence.clue clue
join gap_row own on own.gap_id = clue.clue_id and own.place = clue.place
  and own.department = clue.department and own.place_in_line = 1
where clue.kind = 'gap'
