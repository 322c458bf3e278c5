-- How many people each office delivers, and how many of them another department delivers too, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: place, department
with office as (select person_id, place, department from work.person_dataset group by person_id, place, department),
whole as (select person_id, min(department) <> max(department) as is_matched from office group by person_id)
select o.place, o.department, count(*) as persons, sum(case when whole.is_matched then 1 else 0 end) as matched
from office o join whole on whole.person_id = o.person_id
group by o.place, o.department
