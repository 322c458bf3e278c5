-- Which benefits a person ever held, as a mask.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id
select person_id, bit_or(mask) as mask from work.person_month group by person_id
