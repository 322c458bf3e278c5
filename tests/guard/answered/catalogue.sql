-- all tables
show tables

-- the columns of a table
show columns from micro.person_year

-- a table described
describe micro.benefit_month

-- a released table described
describe release.population

-- tables by schema
select table_schema, count(*) from information_schema.tables group by table_schema order by 1

-- columns of micro tables
select table_name, column_name, data_type from information_schema.columns where table_schema = 'micro' order by 1, ordinal_position

-- schemas
select schema_name from information_schema.schemata

-- the schema that is another role's is not there
select count(*) as hidden from information_schema.tables where table_schema in ('hub', 'evidence', 'restricted')

-- functions
select count(distinct routine_name) from information_schema.routines

-- the plan of an answer
explain select county, count(*) from micro.person_year group by county

-- every step of it
explain verbose select count(*) from micro.person_year where sex = '1'

-- the plan of a released table
explain select * from release.population where region = 'total'

-- no table at all
select 1

-- now
select current_date, version()

-- arithmetic
select 1 + 1 as two, round(2.5), upper('a')

-- values
values (1, 'a'), (2, 'b')

-- a table by its word
select count(*) from (select * from release.pension) as p
