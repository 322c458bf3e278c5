-- Every booked month of a benefit on a row with an ID number, from the one dataset that makes that benefit's months.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: none (one row per delivered booking with an ID number)
with delivered as (
  select 'benefit_payment' as dataset, person_id, name_ordinal, link_grade, benefit, month, region, category, amount,
    coalesce(row_type, 'normal') as row_type, record_token, delivery_id, period_end, row
  from staged.benefit_payment
  union all
  select 'pension_payment', person_id, name_ordinal, link_grade, scheme, month, pool_region, cast(null as varchar),
    amount, coalesce(row_type, 'normal'), record_token, delivery_id, period_end, row
  from staged.pension_payment
  union all
  select 'ltci_benefit', person_id, name_ordinal, link_grade, 'YB01', month, pool_region, cast(null as varchar),
    amount, 'normal', arrow_cast(null, 'FixedSizeBinary(32)'), delivery_id, period_end, row
  from staged.ltci_benefit
  union all
  select 'work_injury_care', person_id, name_ordinal, link_grade, 'RS03', month, pool_region, cast(null as varchar),
    amount, 'normal', arrow_cast(null, 'FixedSizeBinary(32)'), delivery_id, period_end, row
  from staged.work_injury_care
)
select b.person_id, b.benefit, b.month, c.county, b.category, b.amount, b.row_type, b.record_token,
  coalesce(o.link_grade, b.link_grade) as link_grade, b.dataset, b.delivery_id, b.period_end, b.row
from delivered b join reference.region_county c on c.code = substr(b.region, 1, 6)
left join work.other_name o on o.person_id = b.person_id and o.name_ordinal = b.name_ordinal
