-- What each dataset of each place says of a person under each of the person's names: one pass over all rows that carry an
-- ID number, for whoever asks who somebody is, who knows them and by which name. A link by name makes nobody known.
-- id_rank is the least usual kind of the ID numbers: 0 none, 1 a residence permit, 2 upgraded from 15 digits, 3 valid.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, dataset, place, name_ordinal
select person_id, 'civil_affairs' as department, 'elder_register' as dataset, place, name_ordinal,
  min(cast(sex as tinyint)) as sex, min(birth_month) as birth_month,
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end) as id_rank
from staged.elder_register where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'civil_affairs', 'assistance_roll', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.assistance_roll where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'civil_affairs', 'benefit_approval', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.benefit_approval where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'civil_affairs', 'ability_assessment', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.ability_assessment where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'civil_affairs', 'service_event', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.service_event where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'civil_affairs', 'institution_stay', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.institution_stay where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'civil_affairs', 'family_bed', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.family_bed where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'civil_affairs', 'renovation', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.renovation where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'civil_affairs', 'funeral', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.funeral where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'health', 'death_certificate', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.death_certificate where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'health', 'family_planning_support', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.family_planning_support where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'health', 'health_service', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.health_service where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'medical_insurance', 'enrolment', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.enrolment where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'medical_insurance', 'ltci_assessment', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.ltci_assessment where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'medical_insurance', 'ltci_benefit', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.ltci_benefit where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'medical_insurance', 'inpatient_stay', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.inpatient_stay where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'disabled_federation', 'disability_certificate', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.disability_certificate where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'disabled_federation', 'accessibility_renovation', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.accessibility_renovation where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'disabled_federation', 'day_care', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.day_care where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'human_resources', 'pension_status', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.pension_status where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, 'human_resources', 'work_injury_care', place, name_ordinal, min(cast(sex as tinyint)), min(birth_month),
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end)
from staged.work_injury_care where person_id is not null group by person_id, place, name_ordinal
union all
select person_id, department, dataset, place, name_ordinal, min(sex), min(birth_month), min(id_rank)
from work.benefit_payee group by person_id, department, dataset, place, name_ordinal
union all
select person_id, department, dataset, place, name_ordinal, min(sex), min(birth_month), min(id_rank)
from work.pension_payee group by person_id, department, dataset, place, name_ordinal
