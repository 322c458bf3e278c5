-- Maximal runs of consecutive months of one rule, person and pair of sides, with the weight of their mildest month.
-- schema: work · pass: bucket · kept as: memory
-- grain: rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, from_month
with numbered as (
  select *,
    extract(year from month) * 12 + extract(month from month) - row_number() over (
      partition by rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category
      order by month
    ) as island
  from work.overlap_month
)
select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category,
  min(month) as from_month, max(month) as until_month, count(*) as months,
  cast(sum(left_amount) as decimal(18, 2)) as left_amount, cast(sum(right_amount) as decimal(18, 2)) as right_amount,
  cast(sum(at_risk) as decimal(18, 2)) as at_risk,
  min(case severity when 'info' then 1 when 'review' then 2 else 3 end) as weight
from numbered
group by rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, island
