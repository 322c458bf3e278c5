-- Counted people who live in an institution on 31 December, where it stands, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: region, ability, payer, age_band, sex
select r.site as region, coalesce(a.level, 'not_assessed') as ability, r.payer, p.age_band, p.sex, count(*) as persons
from work.release_resident r
join work.release_person p on p.person_id = r.person_id and p.in_stock
left join work.release_assessment a on a.person_id = r.person_id
group by r.site, coalesce(a.level, 'not_assessed'), r.payer, p.age_band, p.sex
