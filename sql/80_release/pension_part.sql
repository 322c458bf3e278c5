-- Counted people by the pension they draw in December, none included, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: region, scheme, sex
with drawn as (
  select person_id, case when min(benefit) <> max(benefit) then 'both' else min(benefit) end as scheme,
    sum(december_amount) as amount
  from work.release_recipient where in_december and benefit in ('RS01', 'RS02')
  group by person_id
)
select p.residence as region, coalesce(d.scheme, 'none') as scheme, p.sex, count(*) as persons,
  coalesce(sum(d.amount), 0) as amount
from work.release_person p left join drawn d on d.person_id = p.person_id
where p.in_stock
group by p.residence, coalesce(d.scheme, 'none'), p.sex
