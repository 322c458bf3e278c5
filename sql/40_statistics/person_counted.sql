-- How many rows each year's head count has within one bucket, and of how many people; a person is in one bucket alone.
-- schema: work · pass: bucket · kept as: table
-- grain: year
select year, count(*) as rows, count(distinct person_id) as persons
from work.counted_person group by year
