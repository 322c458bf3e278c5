-- What each person received of each benefit in a year, in its closed months and in its open ones: whoever wants the year adds
-- them up. A month that a name alone links to the person counts nobody: a name link adds no recipient and removes none.
-- schema: work · pass: bucket · kept as: table · months: closed apart
-- grain: none (one row for the closed and one for the open months of a year, person and benefit)
select extract(year from month) as year, person_id, benefit,
  -- A bit for each month, so that one which stands there twice counts once.
  bit_or(1 << (extract(month from month) - 1)) as months,
  cast(sum(amount) as decimal(18, 2)) as amount,
  cast(sum(case when extract(month from month) = 12 then amount else 0 end) as decimal(18, 2)) as december_amount
from hub.benefit_month
where held and link_grade <> 'name'
group by extract(year from month), person_id, benefit
