-- Everybody once with a number, and who bears which name: learnt from rows that carry an ID number.
create temp table sighting as
  select parse_path(filename)[-2] as dataset, person_token, name_token, min(sex) as sex, min(birth_month) as birth_month
  from read_parquet(list_transform(getvariable('people'), lambda dataset: getvariable('deliveries') || '/' || dataset || '/*.parquet'))
  where person_token is not null
  group by all;

create temp table person as
  select row_number() over () as person_id, person_token, sex, birth_month, has_several_names
  from (
    select person_token, min(sex) as sex, min(birth_month) as birth_month, min(name_token) <> max(name_token) as has_several_names
    from sighting
    where person_token not in (select from_hex(person_token) from reference('canary'))
    group by person_token
  );

-- The names of a person other than the main one, which most datasets give; where no name leads, all.
create temp table other_name as
  with given as (
    select p.person_id, s.name_token, count(distinct s.dataset) as datasets
    from sighting s join person p using (person_token)
    where p.has_several_names and s.name_token is not null
    group by all
  )
  select person_id, name_token
  from given
  qualify datasets < max(datasets) over (partition by person_id)
    or count(*) over (partition by person_id, datasets) > 1;

-- A name of one person alone leads to that person.
create temp table bearer as
  select s.name_token, any_value(p.person_id) as person_id
  from sighting s join person p using (person_token)
  where s.name_token in (
    select name_token from read_parquet(list_transform(getvariable('people'), lambda dataset: getvariable('deliveries') || '/' || dataset || '/*.parquet'))
    where person_token is null
  )
  group by s.name_token
  having min(p.person_id) = max(p.person_id);

drop table sighting;
copy (select person_id, person_token from person) to (getvariable('out') || '/spine.parquet');
