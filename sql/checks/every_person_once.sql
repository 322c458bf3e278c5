-- A person is counted once a year, however many registers hold them.
-- seen: counted people · bad: people counted more than once in a year
select count(*) as seen, cast(0 as bigint) as must_see,
  count(*) - (select count(*) from (select distinct year, person_id from work.counted_person) as once) as bad
from work.counted_person
