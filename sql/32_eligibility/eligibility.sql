-- Who is eligible for which programme, in which category and since when: one row for each stretch of months of one
-- category. `since` is the first month without a break in any category; `to_review` the overlap rule that may bar it.
-- schema: hub · pass: bucket · kept as: table
-- grain: person_id, benefit, from_month
-- privacy: pseudonymous, sensitive
with numbered as (
  select e.*,
    month_no - row_number() over (partition by person_id, benefit order by month_no) as unbroken,
    month_no - row_number() over (
      partition by person_id, benefit, category, hukou_county, to_review order by month_no
    ) as stretch
  from work.eligible_month e
),
begun as (select numbered.*, min(month) over (partition by person_id, benefit, unbroken) as since from numbered)
select person_id, benefit, min(month) as from_month, max(month) as until_month, count(*) as months, category,
  standard, hukou_county as county, since, to_review
from begun
group by person_id, benefit, category, standard, hukou_county, to_review, since, unbroken, stretch
