-- What each dataset of each place says of a person under each of the person's names: one pass over all rows, for whoever
-- asks who somebody is, who knows them and by which name.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, dataset, place, name_ordinal
select person_id, min(department) as department, dataset, place, name_ordinal, min(cast(sex as tinyint)) as sex,
  min(birth_month) as birth_month,
  -- The least usual kind comes first in the alphabet, too.
  min(id_quality) as id_quality
from work.person_block
where person_id is not null
group by person_id, dataset, place, name_ordinal
