-- Everybody once with a number, and who bears which name: learnt from rows that carry an ID number.
create temp table sighting as
  select r.person_token, r.name_token, min(r.sex) as sex, min(r.birth_month) as birth_month,
    bit_or(d.dataset_bit) as datasets
  from (
    select person_token, name_token, sex, birth_month, filename
    from read_parquet(list_transform(
      getvariable('people'), lambda dataset: getvariable('deliveries') || '/' || dataset || '/*.parquet'
    ))
  ) r
  join (
    select filename, 1::bigint << list_position(getvariable('people'), dataset) as dataset_bit from delivery
  ) d using (filename)
  where r.person_token is null or r.person_token not in (select from_hex(person_token) from reference('canary'))
  group by all;

create temp table person as
  select cast(row_number() over () as integer) as person_id, person_token, min(sex) as sex, min(birth_month) as birth_month,
    min(name_token) <> max(name_token) as has_several_names
  from sighting
  where person_token is not null
  group by person_token;

-- The names of a person other than the main one, which most datasets give; where no name leads, all.
create temp table other_name as
  select p.person_id, s.name_token
  from sighting s
  join person p using (person_token)
  where p.has_several_names and s.name_token is not null
  qualify bit_count(s.datasets) < max(bit_count(s.datasets)) over (partition by p.person_id)
    or count(*) over (partition by p.person_id, bit_count(s.datasets)) > 1;

-- A name that stands on rows without a number and is one person's alone leads to that person.
create temp table bearer as
  select s.name_token, min(p.person_id) as person_id
  from sighting s
  join person p using (person_token)
  semi join (from sighting where person_token is null) n using (name_token)
  group by s.name_token
  having count(*) = 1;

drop table sighting;
copy (select person_id, person_token from person) to (getvariable('out') || '/spine.parquet');
