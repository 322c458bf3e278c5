-- role: people of the hub
select * from hub.person

-- role: people of the hub with a catalogue before
select * from yilian.hub.person

-- role: people of the hub in quotes
select * from "hub"."person"

-- role: people of the hub in capitals
select * from HUB.PERSON

-- role: evidence
select * from evidence.overlap_row

-- role: what is released for inside use
select * from restricted.overlap_summary

-- role: beside an allowed table
select count(*) from release.population, hub.benefit_month

-- role: in a subquery
select * from release.population where exists (select 1 from hub.person)

-- role: in a table expression that is not used
with people as (select * from hub.person) select 1

-- role: joined with people
select count(*) from micro.person_year p join hub.person h on p.person = h.person_id

-- role: in a list
select 1 where 1 in (select person_id from hub.person)

-- role: in a union
select region from release.population union select county from hub.benefit_month

-- role: described
describe hub.person

-- table: rows of micro data as files
select * from micro.person_year_row

-- table: the rows behind an answer
select * from micro.micro_answer

-- table: the rows behind an answer, without their schema
select * from micro_answer

-- table: models of a run
select * from work.release_person

-- table: staged rows
select * from staged.benefit_payment

-- table: rows without a number
select * from unnumbered.benefit_payment

-- table: the catalogue of PostgreSQL
select * from pg_catalog.pg_class

-- table: statistics of PostgreSQL, with most common values
select * from pg_stats

-- table: users of PostgreSQL
select * from pg_catalog.pg_shadow

-- table: activity of PostgreSQL
select * from pg_stat_activity

-- table: SQLite's catalogue
select * from sqlite_master

-- query or table: no such part of the catalogue
select * from information_schema.applicable_roles

-- table: another catalogue
select * from other.public.person

-- table: a public schema
select * from public.person

-- role: drafts of the same people, whose exact counts are withheld in the release
select r.region, s.value from release.population r join statistics.population s on s.region = r.region where r.status = 'suppressed'
