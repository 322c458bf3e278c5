-- The delivered rows that each side of an overlap rests on.
-- schema: work · pass: bucket · kept as: table
-- grain: rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, from_month, side, delivery_id, row
with side as (
  select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category,
    from_month, until_month, 'left' as side, left_benefit as benefit, left_county as county, left_category as category
  from work.overlap_run
  union all
  select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category,
    from_month, until_month, 'right', right_benefit as benefit, right_county as county, right_category as category
  from work.overlap_run
),
flagged as (select distinct person_id from work.overlap_run),
source as (
  select b.person_id, b.benefit, b.month, b.county, b.category, b.delivery_id, b.row
  from work.booking b join flagged f on f.person_id = b.person_id
  union all
  select s.person_id, s.benefit, s.month, s.county, s.category, s.delivery_id, s.row
  from work.spell_month s join flagged f on f.person_id = s.person_id
  union all
  select d.person_id, 'institution_stay', d.month, d.county, d.institution_code, s.delivery_id, s.row
  from work.stay_day d
  join flagged f on f.person_id = d.person_id
  join work.stay s on s.person_id = d.person_id and s.institution_code = d.institution_code
    and s.admitted_on = d.admitted_on
  union all
  select s.person_id, 'death', cast(null as date) as month, cast(null as varchar) as county, cast(null as varchar) as category, s.delivery_id, s.row
  from staged.death_certificate s join flagged f on f.person_id = s.person_id
  left join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
  where s.link_grade = 'id' and o.person_id is null
  union all
  select s.person_id, 'death', cast(null as date) as month, cast(null as varchar) as county, cast(null as varchar) as category, s.delivery_id, s.row
  from staged.funeral s join flagged f on f.person_id = s.person_id
  left join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
  where s.link_grade = 'id' and o.person_id is null
)
select distinct side.rule_id, side.person_id, side.left_benefit, side.left_county, side.left_category,
  side.right_benefit, side.right_county, side.right_category, side.from_month, side.side, source.delivery_id, source.row
from side
join source on source.person_id = side.person_id and source.benefit = side.benefit
where (source.county is not distinct from side.county)
  and (source.category is not distinct from side.category)
  and (source.month is null or (side.from_month <= source.month and source.month <= side.until_month))
