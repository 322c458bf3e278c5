-- The year that the cells of this run are about: the newest one that is over.
-- schema: release · pass: whole · kept as: table
-- grain: year
-- privacy: no people
select year, january, december, day from reference.year where year = (select max(year) from reference.year)
