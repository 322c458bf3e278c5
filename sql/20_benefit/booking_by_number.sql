-- Every booked month of a benefit on a row with an ID number, from the one dataset that makes that benefit's months.
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per delivered booking with an ID number)
select b.person_id, b.benefit, b.month, c.county, b.category, b.amount, coalesce(b.row_type, 'normal') as row_type,
  b.record_token, coalesce(o.link_grade, b.link_grade) as link_grade,
  'benefit_payment' as dataset, b.delivery_id, b.period_end, b.row
from staged.benefit_payment b join reference.region_county c on c.code = substr(b.region, 1, 6)
left join work.other_name o on o.person_id = b.person_id and o.name_ordinal = b.name_ordinal
union all
select b.person_id, b.scheme, b.month, c.county, cast(null as varchar), b.amount, coalesce(b.row_type, 'normal'),
  b.record_token, coalesce(o.link_grade, b.link_grade),
  'pension_payment', b.delivery_id, b.period_end, b.row
from staged.pension_payment b join reference.region_county c on c.code = substr(b.pool_region, 1, 6)
left join work.other_name o on o.person_id = b.person_id and o.name_ordinal = b.name_ordinal
union all
select b.person_id, 'YB01', b.month, c.county, cast(null as varchar), b.amount, 'normal',
  cast(null as bytea), coalesce(o.link_grade, b.link_grade),
  'ltci_benefit', b.delivery_id, b.period_end, b.row
from staged.ltci_benefit b join reference.region_county c on c.code = substr(b.pool_region, 1, 6)
left join work.other_name o on o.person_id = b.person_id and o.name_ordinal = b.name_ordinal
union all
select b.person_id, 'RS03', b.month, c.county, cast(null as varchar), b.amount, 'normal',
  cast(null as bytea), coalesce(o.link_grade, b.link_grade),
  'work_injury_care', b.delivery_id, b.period_end, b.row
from staged.work_injury_care b join reference.region_county c on c.code = substr(b.pool_region, 1, 6)
left join work.other_name o on o.person_id = b.person_id and o.name_ordinal = b.name_ordinal
