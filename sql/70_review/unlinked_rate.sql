-- How often rows of each group can be linked to nobody: whom the statistics miss. A row belongs to the group that the row
-- itself says.
-- schema: evidence · pass: whole · kept as: table
-- grain: dimension, category
-- privacy: counts of rows, not protected; for the reviewer
with row_group as (
  select sex, birth_month, urban_rural, id_quality, rows, 0 as unlinked from work.numbered_row_group
  union all
  select sex, birth_month, urban_rural, id_quality, rows, unlinked from work.unnumbered_row_group
),
said as (
  select g.sex, band.age_band, g.urban_rural, g.id_quality, g.rows, g.unlinked
  from row_group g
  cross join reference.run run
  left join reference.age_band band on band.from_age <= extract(year from run.as_of) - extract(year from g.birth_month)
    and extract(year from run.as_of) - extract(year from g.birth_month) <= band.until_age
),
grouped as (
  select 'sex' as dimension, coalesce(sex, 'unknown') as category, rows, unlinked from said
  union all
  select 'age_band', coalesce(age_band, 'unknown') as category, rows, unlinked from said
  union all
  select 'urban_rural', coalesce(urban_rural, 'unknown') as category, rows, unlinked from said
  union all
  select 'id_quality', coalesce(id_quality, 'unknown') as category, rows, unlinked from said
)
select dimension, category, cast(sum(rows) as bigint) as rows, cast(sum(unlinked) as bigint) as unlinked
from grouped group by dimension, category
