-- Stays in hospital, half-open. A stay that was delivered open and later with its end has that end; one without an end
-- runs to the end of its newest delivery's period. Only rows with an ID number.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, admitted_on
select s.person_id, s.admitted_on,
  coalesce(min(s.discharged_on), max(s.period_end) + interval '1 day') as discharged_on,
  bool_and(coalesce(o.link_grade, s.link_grade) <> 'id') as is_weak
from staged.inpatient_stay s
left join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
where s.person_id is not null
group by s.person_id, s.admitted_on
