-- Works on a person's home, each once: a row that was delivered again is the same work.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, benefit, county, done_on
with delivered as (
  select person_id, name_ordinal, link_grade, 'MZ15' as benefit, region, done_on, government_amount as amount
  from staged.renovation
  union all
  select person_id, name_ordinal, link_grade, 'CL02', region, done_on, amount from staged.accessibility_renovation
)
select d.person_id, d.benefit, c.county, d.done_on, max(d.amount) as amount,
  bool_and(coalesce(o.link_grade, d.link_grade) <> 'id') as is_weak
from delivered d
join reference.region_county c on c.code = substr(d.region, 1, 6)
left join work.other_name o on o.person_id = d.person_id and o.name_ordinal = d.name_ordinal
where d.person_id is not null
group by d.person_id, d.benefit, c.county, d.done_on
