-- Everybody with a disability certificate who is alive and registered, in the newest month whose payments the hukou county
-- has delivered: the month for which the two allowances are judged.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id
with paid_until as (
  select place, max(try_cast(period || '-01' as date)) as month
  from reference.delivery where dataset = 'benefit_payment' and length(period) = 7
  group by place
),
subject as (
  select c.person_id, c.category, c.grade, c.status, c.issued_on, c.valid_to, c.link_grade,
    coalesce(p.hukou_county, c.county) as county, p.birth_month
  from work.certificate c join hub.person p on p.person_id = c.person_id
  where c.is_newest and p.death_status = 'alive' and coalesce(p.register_status, 'active') = 'active'
)
select s.person_id, s.county, s.category, s.grade, s.link_grade, max(u.month) as month,
  s.status = 'valid' and s.issued_on < max(u.month) + interval '1 month'
    and coalesce(s.valid_to, max(u.month)) >= max(u.month) as in_force
from subject s join paid_until u on starts_with(s.county, u.place)
group by s.person_id, s.county, s.category, s.grade, s.link_grade, s.status, s.issued_on, s.valid_to
