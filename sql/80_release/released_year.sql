-- The year that the release is about, for models of the whole: the newest one that is over.
-- schema: work · pass: whole · kept as: table
-- grain: year
select year, january, december, day from reference.year where year = (select max(year) from reference.year)
