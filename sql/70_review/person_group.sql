-- With which kind of ID number a person is known; of several kinds the least usual.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id
select person_id,
  case min(id_rank) when 0 then 'none' when 1 then 'residence_permit' when 2 then 'upgraded15' else 'valid18' end as id_quality
from work.person_dataset group by person_id
