-- The rows that report a death: 1 a certificate, 2 a cremation, 3 a stop with reason death, 4 the register's status. A
-- number of 15 digits proves no death but may ask whether there was one; a name alone, or another name, says nothing.
-- schema: work · pass: bucket · kept as: table
-- grain: delivery_id, row
with reported as (
  select person_id, name_ordinal, link_grade, 1 as rank, death_month as month, delivery_id, row from staged.death_certificate
  union all
  select person_id, name_ordinal, link_grade, 2, death_month, delivery_id, row from staged.funeral
  union all
  select person_id, name_ordinal, link_grade, 3, cast(date_trunc('month', stopped_on) as date), delivery_id, row
  from staged.pension_status where stop_reason = 'death'
  union all
  select person_id, name_ordinal, link_grade, 3, cast(date_trunc('month', stopped_on) as date), delivery_id, row
  from staged.enrolment where stop_reason = 'death'
  union all
  select person_id, name_ordinal, link_grade, 4, cast(date_trunc('month', updated_on) as date), delivery_id, row
  from staged.elder_register where status = 'dead'
)
select r.person_id, r.rank, r.month, r.delivery_id, r.row
from reported r
left join work.other_name o on o.person_id = r.person_id and o.name_ordinal = r.name_ordinal
where r.month is not null and o.person_id is null
  and (r.link_grade = 'id' or (r.link_grade = 'upgraded15' and r.rank > 2))
