-- Money of each benefit that civil affairs paid for months of the year, and what each level of government gave of it, within
-- one bucket. Repeated deliveries of one booking are left out; arrears belong to their month, reversals net out. Everybody
-- who was paid is counted, registered or not.
-- schema: work · pass: bucket · kept as: table
-- grain: region, benefit
with paid as (
  select s.person_id, s.benefit, s.amount, s.central_share, s.province_share, s.city_share, s.county_share,
    case
      when c.county is null then 'unknown'
      when length(s.region) = 9 and starts_with(s.region, c.county) and not ends_with(s.region, '000') then s.region
      else c.county
    end as region
  from staged.benefit_payment s
  join work.release_year y on y.january <= s.month and s.month <= y.december
  left join work.booking_repeated r on r.person_id = s.person_id and r.delivery_id = s.delivery_id and r.row = s.row
    and r.dataset = 'benefit_payment'
  left join reference.region_county c on c.code = substr(s.region, 1, 6)
  where s.person_id is not null and r.row is null
)
select region, benefit, count(distinct person_id) as persons, sum(amount) as amount,
  sum(coalesce(central_share, 0)) as central_amount, sum(coalesce(province_share, 0)) as province_amount,
  sum(coalesce(city_share, 0)) as city_amount, sum(coalesce(county_share, 0)) as county_amount
from paid group by region, benefit
