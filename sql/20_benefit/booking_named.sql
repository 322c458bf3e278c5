-- Every booking on a row without an ID number that its name links to a person.
-- schema: work · pass: bucket · kept as: table · months: own
-- grain: delivery_id, row
with delivered as (
  select 'benefit_payment' as dataset, person_id, link_grade, benefit, month, region, category, amount,
    coalesce(row_type, 'normal') as row_type, record_token, delivery_id, period_end, row
  from unnumbered.benefit_payment
  union all
  select 'pension_payment', person_id, link_grade, scheme, month, pool_region, cast(null as varchar), amount,
    coalesce(row_type, 'normal'), record_token, delivery_id, period_end, row
  from unnumbered.pension_payment
  union all
  select 'ltci_benefit', person_id, link_grade, 'YB01', month, pool_region, cast(null as varchar), amount, 'normal',
    arrow_cast(null, 'FixedSizeBinary(32)'), delivery_id, period_end, row
  from unnumbered.ltci_benefit
  union all
  select 'work_injury_care', person_id, link_grade, 'RS03', month, pool_region, cast(null as varchar), amount, 'normal',
    arrow_cast(null, 'FixedSizeBinary(32)'), delivery_id, period_end, row
  from unnumbered.work_injury_care
)
select b.person_id, b.benefit, b.month, c.county, b.category, b.amount, b.row_type, b.record_token, b.link_grade,
  b.dataset, b.delivery_id, b.period_end, b.row
from delivered b join reference.region_county c on c.code = substr(b.region, 1, 6)
where b.person_id is not null
