-- Which office is asked about which gap: of the department that pays, or that proves it, each with a row of the person.
-- schema: work · pass: whole · kept as: table
-- grain: gap_id, place, department
select distinct flag.flag_id as gap_id, delivery.place, delivery.department
from work.gap_flag flag
join work.gap_row own on own.person_id = flag.person_id
join reference.delivery delivery on delivery.delivery_id = own.delivery_id and delivery.department = flag.asked_department
where flag.is_open
