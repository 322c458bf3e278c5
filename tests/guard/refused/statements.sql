-- statement: a copy of rows to a file
copy (select * from micro.person_year) to 'people.csv'

-- statement: a copy of a table
copy micro.person_year to 'people.parquet' stored as parquet

-- statement: a copy of an answer
copy (select count(*) from micro.person_year) to 'count.csv'

-- statement: a table of people
create table people as select * from micro.person_year

-- statement: a view of people
create view people as select * from micro.person_year

-- statement: a view over a micro table
create or replace view micro.person_year as select * from release.population

-- statement: a table on a file
create external table passwords stored as csv location '/etc/passwd'

-- statement: a table on a folder
create external table vault stored as parquet location '.'

-- statement: a schema
create schema mine

-- statement: a database
create database mine

-- statement: a function
create function twice(bigint) returns bigint return $1 * 2

-- statement: a row more
insert into micro.person_year (year, person) values (2025, 1)

-- statement: a row less
delete from micro.person_year where person = 1

-- statement: a row changed
update micro.person_year set sex = '1'

-- statement: a table less
drop table micro.person_year

-- statement: a table emptied
truncate table micro.person_year

-- statement: a table changed
alter table micro.person_year add column name varchar

-- statement: another schema to look in first
set datafusion.catalog.default_schema = 'hub'

-- statement: the catalogue opened
set datafusion.catalog.information_schema = false

-- statement: a folder to spill into
set datafusion.runtime.temp_directory = '/tmp'

-- statement: more memory
set datafusion.runtime.memory_limit = '100G'

-- statement: another role
set role operator

-- statement: another user
set session authorization operator

-- statement: a setting back
reset datafusion.runtime.memory_limit

-- statement: all settings, paths of the hub among them
show all

-- statement: the folder of spilled rows
show datafusion.runtime.temp_directory

-- statement: a prepared question
prepare people as select * from micro.person_year

-- statement: a prepared question asked
execute people (1)

-- statement: a prepared question forgotten
deallocate people

-- statement: a cursor
declare people cursor for select * from micro.person_year

-- statement: a transaction
begin

-- statement: a procedure
call people()

-- statement: a right
grant select on hub.person to statistician

-- statement: statistics of a table
analyze table micro.person_year

-- several: a question and a statement
select 1; drop table micro.person_year

-- several: two questions
select 1; select * from micro.person_year

-- statement: SELECT INTO
select * into people from release.population

-- statement: SELECT INTO of people
select * into people from micro.person_year
