-- The names of a person other than the main one, which is the name that most datasets give; where no name leads, all.
-- A row that bears such a name has perhaps somebody else's ID number: its grade is id_other_name.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id, name_ordinal
with giving as (
  select distinct d.person_id, d.name_ordinal, d.dataset
  from work.person_dataset d
  join spine.person_name n on n.person_id = d.person_id and n.name_ordinal = d.name_ordinal
),
given as (select person_id, name_ordinal, count(*) as datasets from giving group by person_id, name_ordinal),
compared as (select given.*, max(datasets) over (partition by person_id) as most from given),
ranked as (
  select compared.*, sum(case when datasets = most then 1 else 0 end) over (partition by person_id) as leaders
  from compared
)
select person_id, name_ordinal, 'id_other_name' as link_grade from ranked where datasets < most or leaders > 1
