-- Every booking on a row without an ID number that its name links to a person, and whether it counts: it does where no
-- booking with that person's number is the same booking, or makes the same benefit's month in the same county. What a
-- number says is never changed by a name.
-- schema: work · pass: bucket · kept as: memory
-- grain: delivery_id, row
with named as (
  select b.person_id, b.benefit, b.month, c.county, b.category, b.amount, coalesce(b.row_type, 'normal') as row_type,
    b.record_token, b.link_grade,
    'benefit_payment' as dataset, b.delivery_id, b.period_end, b.row
  from unnumbered.benefit_payment b join reference.region_county c on c.code = substr(b.region, 1, 6)
  where b.person_id is not null
  union all
  select b.person_id, b.scheme, b.month, c.county, cast(null as varchar), b.amount, coalesce(b.row_type, 'normal'),
    b.record_token, b.link_grade,
    'pension_payment', b.delivery_id, b.period_end, b.row
  from unnumbered.pension_payment b join reference.region_county c on c.code = substr(b.pool_region, 1, 6)
  where b.person_id is not null
  union all
  select b.person_id, 'YB01', b.month, c.county, cast(null as varchar), b.amount, 'normal',
    cast(null as bytea), b.link_grade,
    'ltci_benefit', b.delivery_id, b.period_end, b.row
  from unnumbered.ltci_benefit b join reference.region_county c on c.code = substr(b.pool_region, 1, 6)
  where b.person_id is not null
  union all
  select b.person_id, 'RS03', b.month, c.county, cast(null as varchar), b.amount, 'normal',
    cast(null as bytea), b.link_grade,
    'work_injury_care', b.delivery_id, b.period_end, b.row
  from unnumbered.work_injury_care b join reference.region_county c on c.code = substr(b.pool_region, 1, 6)
  where b.person_id is not null
),
met as (
  select distinct n.delivery_id, n.row
  from named n join work.booking_by_number s on s.person_id = n.person_id
  where s.record_token = n.record_token or (s.benefit = n.benefit and s.month = n.month and s.county = n.county)
)
select named.*, met.row is null as counts
from named left join met on met.delivery_id = named.delivery_id and met.row = named.row
