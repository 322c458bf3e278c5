-- A person is counted once a year, however many registers hold them.
-- seen: counted people · bad: rows of people who are counted more than once in a year
select coalesce(sum(rows), 0) as seen, cast(0 as bigint) as must_see, coalesce(sum(rows) - sum(persons), 0) as bad
from work.person_counted
