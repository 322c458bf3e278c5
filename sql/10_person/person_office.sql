-- Which offices deliver rows of a person that carry the ID number.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, place, department
select person_id, place, department from work.person_block group by person_id, place, department
