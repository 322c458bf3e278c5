-- Counted people on subsistence allowance or destitute in December, and those with an assessment in force, within one bucket.
-- Who is both is destitute.
-- schema: work · pass: bucket · kept as: table
-- grain: region, scheme, age_band
with person as (
  select p.person_id, p.hukou, p.age_band, bool_or(c.circumstance = 'destitute') as is_destitute,
    bool_or(c.circumstance = 'low_income') as is_low_income, bool_or(c.circumstance = 'assessed') as is_assessed
  from work.circumstance c
  join work.release_year y on c.from_no <= y.december_no and y.december_no < c.until_no
  join work.release_person p on p.person_id = c.person_id and p.in_stock
  where c.circumstance in ('destitute', 'low_income', 'assessed')
  group by p.person_id, p.hukou, p.age_band
)
select hukou as region, case when is_destitute then 'destitute' else 'low_income' end as scheme, age_band, count(*) as persons,
  count(*) filter (where is_assessed) as assessed
from person where is_destitute or is_low_income
group by hukou, is_destitute, age_band
