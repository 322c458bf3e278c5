-- table: a file as a table
select * from '/etc/passwd'

-- table: a Parquet file as a table
select * from 'vault/micro/2025/1/person_year/00000.parquet'

-- table: a file in quotes
select * from "/etc/passwd"

-- table: a file as an address
select * from 'file:///etc/passwd'

-- table: a file elsewhere
select * from 'https://example.org/people.csv'

-- table: a function that reads CSV
select * from read_csv('/etc/passwd')

-- table: a function that reads Parquet
select * from read_parquet('vault/micro/2025/1/person_year/00000.parquet')

-- table: a function that reads JSON
select * from read_json('state.json')

-- table: a function that reads text
select * from read_text('/etc/passwd')

-- table: a function that lists files
select * from glob('/**')

-- table: a function that reads the metadata of a file
select * from parquet_metadata('vault/micro/2025/1/person_year/00000.parquet')

-- query: the server's files
select pg_read_file('/etc/passwd')

-- query: the server's folders
select pg_ls_dir('.')

-- query: a large object from a file
select lo_import('/etc/passwd')

-- table: what is kept of files
select * from metadata_cache()

-- table: statistics of files, with smallest and largest values
select * from statistics_cache()

-- table: lists of files
select * from list_files_cache()

-- query: a variable of the system
select getenv('HOME')

-- query: a program
select system('ls')
