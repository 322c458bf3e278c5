-- The office's own rows that each of its clues rests on: of a flag every row, named once where it stands on both sides;
-- of two people who may be one, one row of each of its datasets for each of them.
-- schema: evidence · pass: whole · kept as: table
-- grain: place, department, kind, clue_id, delivery_id, row
-- privacy: pseudonymous
with delivery as (
  select reference.delivery.*, row_number() over (order by period desc, delivery_id) as number from reference.delivery
),
-- A row as one number: of the latest period, of the delivery with the lower id, the first is the least.
flag_row as (
  select own.flag_id as clue_id, d.place, d.department, d.number * 1099511627776 + own.row as choice
  from evidence.overlap_row own join delivery d on d.delivery_id = own.delivery_id
  group by own.flag_id, d.place, d.department, d.number, own.row
),
candidate_row as (
  select own.candidate_id as clue_id, d.place, d.department, min(d.number * 1099511627776 + own.row) as choice
  from work.candidate_row own join delivery d on d.delivery_id = own.delivery_id
  group by own.candidate_id, own.person_id, d.place, d.department, d.dataset
),
gap_row as (
  select asked.gap_id as clue_id, d.place, d.department, min(d.number * 1099511627776 + own.row) as choice
  from work.gap_asked asked
  join hub.gap gap on gap.gap_id = asked.gap_id and gap.status in ('new', 'open')
  join work.gap_row own on own.person_id = gap.person_id
  join delivery d on d.delivery_id = own.delivery_id and d.place = asked.place and d.department = asked.department
  group by asked.gap_id, d.place, d.department, d.dataset
),
own as (
  select 'overlap' as kind, clue_id, place, department, choice from flag_row
  union all
  select 'same_person', clue_id, place, department, choice from candidate_row
  union all
  select 'gap', clue_id, place, department, choice from gap_row
)
select clue.place, clue.department, clue.kind, clue.clue_id, d.delivery_id, d.dataset, d.period, d.sequence,
  own.choice % 1099511627776 as row
from evidence.clue clue
join own on own.kind = clue.kind and own.clue_id = clue.clue_id and own.place = clue.place
  and own.department = clue.department
join delivery d on d.number = own.choice / 1099511627776
