-- With which kind of ID number a person is known; of several kinds the least usual.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id
select person_id, min(id_quality) as id_quality from work.person_dataset group by person_id
