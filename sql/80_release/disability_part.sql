-- Counted people with a valid certificate, and the state of both allowances, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: region, category, grade, age_band, living_allowance, nursing_allowance
select p.hukou as region, c.category, c.grade, p.age_band, living.state as living_allowance,
  nursing.state as nursing_allowance, count(*) as persons
from work.release_certificate c
join work.release_person p on p.person_id = c.person_id and p.in_stock
join work.release_allowance living on living.person_id = c.person_id and living.benefit = 'MZ09'
join work.release_allowance nursing on nursing.person_id = c.person_id and nursing.benefit = 'MZ10'
group by p.hukou, c.category, c.grade, p.age_band, living.state, nursing.state
