-- Works on homes of older people by household: the finest cells. A household stands once in each programme, where its first
-- work of the year was done, with the money of all of them.
-- schema: release · pass: whole · kept as: table
-- grain: region, programme, target
-- privacy: counts of households, not protected; for the release alone
with ordered as (
  select w.*, coalesce(w.household_id, -1 - w.person_id) as home, row_number() over (
      partition by w.programme, coalesce(w.household_id, -1 - w.person_id) order by w.done_on, w.person_id
    ) as place_in_line
  from work.renovation_work w
),
home as (
  select programme, home, min(region) filter (where place_in_line = 1) as region,
    min(target) filter (where place_in_line = 1) as target, sum(government_amount) as government_amount,
    sum(enterprise_amount) as enterprise_amount, sum(self_amount) as self_amount
  from ordered group by programme, home
)
select region, programme, target, count(*) as households, cast(sum(government_amount) as decimal(18, 2)) as government_amount,
  cast(sum(enterprise_amount) as decimal(18, 2)) as enterprise_amount,
  cast(sum(self_amount) as decimal(18, 2)) as self_amount
from home group by region, programme, target
