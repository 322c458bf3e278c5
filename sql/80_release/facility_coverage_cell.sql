-- Beds of institutions beside the older people who live there: the finest cells. Institutions are the five kinds with beds of
-- their own; community and family beds are none.
-- schema: release · pass: whole · kept as: table
-- grain: region
-- privacy: counts of people, not protected; for the release alone
with bed as (
  select region, sum(facilities) as institutions, sum(beds) as beds
  from release.facilities_cell
  where type in ('institution', 'destitute_institution', 'rural_home', 'veterans_home', 'medical_care_institution')
  group by region
),
person as (select region, sum(persons) as persons from release.population_cell group by region)
select coalesce(bed.region, person.region) as region, cast(coalesce(bed.institutions, 0) as bigint) as institutions,
  cast(coalesce(bed.beds, 0) as bigint) as beds, cast(coalesce(person.persons, 0) as bigint) as persons
from bed full join person on person.region = bed.region
