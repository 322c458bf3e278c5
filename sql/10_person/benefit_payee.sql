-- What the payments of subsidies say of a person: the part of `person_dataset` with most rows, which is computed again where
-- they have changed and not where any dataset has.
-- schema: work · pass: bucket · kept as: table · months: closed apart
-- grain: none (one row for the closed and one for the open months of a person, place and name)
select person_id, 'civil_affairs' as department, 'benefit_payment' as dataset, place, name_ordinal,
  min(cast(sex as tinyint)) as sex, min(birth_month) as birth_month,
  min(case id_quality when 'none' then 0 when 'residence_permit' then 1 when 'upgraded15' then 2 else 3 end) as id_rank
from staged.benefit_payment where person_id is not null group by person_id, place, name_ordinal
