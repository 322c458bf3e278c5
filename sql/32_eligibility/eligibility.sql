-- Who is eligible for which programme, in which category and since when: one row for each stretch of months of one
-- category. `since` is the first month without a break in any category; `to_review` the overlap rule that may bar it.
-- schema: hub · pass: bucket · kept as: table
-- grain: person_id, benefit, from_month
-- privacy: pseudonymous, sensitive
with whole as (
  select person_id, benefit, category, standard, hukou_county, to_review, min(month) as from_month,
    max(month) as until_month, count(*) as months, max(month_no) - min(month_no) + 1 > count(*) as is_broken
  from work.eligible_month
  group by person_id, benefit, category, standard, hukou_county, to_review
),
-- Most are one stretch each; only of who has several in a programme are the months looked at.
several as (
  select person_id, benefit from whole group by person_id, benefit having count(*) > 1 or bool_or(is_broken)
),
numbered as (
  select e.*,
    e.month_no - row_number() over (partition by e.person_id, e.benefit order by e.month_no) as unbroken,
    e.month_no - row_number() over (
      partition by e.person_id, e.benefit, e.category, e.hukou_county, e.to_review order by e.month_no
    ) as stretch
  from work.eligible_month e
  join several s on s.person_id = e.person_id and s.benefit = e.benefit
),
begun as (select numbered.*, min(month) over (partition by person_id, benefit, unbroken) as since from numbered)
select whole.person_id, whole.benefit, from_month, until_month, months, category, standard, hukou_county as county,
  from_month as since, to_review
from whole
left join several s on s.person_id = whole.person_id and s.benefit = whole.benefit
where s.person_id is null
union all
select person_id, benefit, min(month), max(month), count(*), category, standard, hukou_county, since, to_review
from begun
group by person_id, benefit, category, standard, hukou_county, to_review, since, unbroken, stretch
