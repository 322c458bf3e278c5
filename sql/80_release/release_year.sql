-- The year that the release is about, for models of a bucket: the newest one that is over.
-- schema: work · pass: bucket · kept as: view
-- grain: year
select year, january, december, day, year * 12 + 11 as december_no
from reference.year
where year = (select max(year) from reference.year)
