-- Stays in institutions. A row that its name links to a person counts where no row with that person's number is of the
-- same institution.
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per delivered stay that counts)
select s.person_id, s.institution_code, s.admitted_on, s.discharged_on, s.region,
  coalesce(o.link_grade, s.link_grade) as link_grade, s.place, s.period_end, s.delivery_id, s.row
from staged.institution_stay s
left join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
union all
select s.person_id, s.institution_code, s.admitted_on, s.discharged_on, s.region, s.link_grade, s.place, s.period_end,
  s.delivery_id, s.row
from unnumbered.institution_stay s
left join staged.institution_stay own on own.person_id = s.person_id and own.institution_code = s.institution_code
where s.person_id is not null and own.person_id is null
