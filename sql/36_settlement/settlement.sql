-- What each provider is paid for a month (玉泉区 五（二） 「每月按照“呼和浩特市智慧养老平台”自动生成的数据据实拨付购买服务补贴」),
-- and who pays it (「由市、旗县区财政按1:1比例匹配」). Each level's share is cut to whole fen; the fen that are left over go to the
-- level that funding_share.csv names: the district, whose bureau pays out. amount = payable + over_rate + barred_amount
-- + ineligible_amount + unidentified_amount. No share without a row for the place and month. `unproven_amount` is the part of
-- payable for months in which no department's rows show a category of the programme: to be looked at, for what is missing
-- speaks against nobody.
-- schema: hub · pass: whole · kept as: table
-- grain: month, county, provider_code, benefit
-- privacy: counts of people, not protected; for operators
with provider as (
  select month, county, provider_code, benefit, sum(events) as events, sum(amount) as amount,
    coalesce(sum(within_rate) filter (where outcome = 'payable'), 0) as payable,
    coalesce(sum(amount - within_rate) filter (where outcome = 'payable'), 0) as over_rate,
    coalesce(sum(events) filter (where outcome = 'barred'), 0) as barred_events,
    coalesce(sum(amount) filter (where outcome = 'barred'), 0) as barred_amount,
    coalesce(sum(amount) filter (where outcome in ('not_eligible', 'no_programme')), 0) as ineligible_amount,
    coalesce(sum(amount) filter (where outcome = 'unidentified'), 0) as unidentified_amount,
    sum(misstated) as misstated_events,
    coalesce(sum(events) filter (where outcome = 'payable' and not is_proven), 0) as unproven_events,
    coalesce(sum(within_rate) filter (where outcome = 'payable' and not is_proven), 0) as unproven_amount
  from work.settled group by month, county, provider_code, benefit
),
served as (
  select month, county, provider_code, benefit, cast(sum(persons) as bigint) as persons
  from work.served_count group by month, county, provider_code, benefit
),
doubted as (
  select month, county, provider_code, benefit, count(*) as review_events, sum(amount) as review_amount
  from (
    select distinct delivery_id, row, month, county, provider_code, benefit, amount
    from hub.settlement_finding where severity <> 'violation'
  ) as event
  group by month, county, provider_code, benefit
),
funded as (
  select p.*, cast(p.payable * 100 as bigint) as fen, f.province, f.city, f.county as district, f.odd_fen_to,
    row_number() over (
      partition by p.month, p.county, p.provider_code, p.benefit order by length(f.place) desc, f.from_month desc, f.odd_fen_to
    ) as choice
  from provider p
  left join reference.funding_share f on f.benefit = p.benefit and starts_with(p.county, f.place)
    and f.from_month <= p.month and p.month < f.until_month
),
cut as (
  select funded.*, fen * province / (province + city + district) as province_fen,
    fen * city / (province + city + district) as city_fen, fen * district / (province + city + district) as district_fen
  from funded where choice = 1
),
shared as (
  select cut.*, fen - province_fen - city_fen - district_fen as odd_fen from cut
)
select s.month, s.county, s.provider_code, s.benefit, cast(s.events as bigint) as events,
  coalesce(served.persons, 0) as persons, cast(s.amount as decimal(18, 2)) as amount,
  cast(s.payable as decimal(18, 2)) as payable,
  cast(cast(s.province_fen + case s.odd_fen_to when 'province' then s.odd_fen else 0 end as decimal(18, 0))
    * cast(0.01 as decimal(3, 2)) as decimal(18, 2)) as province_share,
  cast(cast(s.city_fen + case s.odd_fen_to when 'city' then s.odd_fen else 0 end as decimal(18, 0))
    * cast(0.01 as decimal(3, 2)) as decimal(18, 2)) as city_share,
  cast(cast(s.district_fen + case s.odd_fen_to when 'county' then s.odd_fen else 0 end as decimal(18, 0))
    * cast(0.01 as decimal(3, 2)) as decimal(18, 2)) as county_share,
  cast(s.over_rate as decimal(18, 2)) as over_rate, cast(s.barred_events as bigint) as barred_events,
  cast(s.barred_amount as decimal(18, 2)) as barred_amount,
  cast(s.ineligible_amount as decimal(18, 2)) as ineligible_amount,
  cast(s.unidentified_amount as decimal(18, 2)) as unidentified_amount,
  coalesce(doubted.review_events, 0) as review_events,
  cast(coalesce(doubted.review_amount, 0) as decimal(18, 2)) as review_amount,
  cast(s.misstated_events as bigint) as misstated_events, cast(s.unproven_events as bigint) as unproven_events,
  cast(s.unproven_amount as decimal(18, 2)) as unproven_amount
from shared s
left join served on served.month = s.month and served.county = s.county and served.provider_code = s.provider_code
  and (served.benefit is not distinct from s.benefit)
left join doubted on doubted.month = s.month and doubted.county = s.county and doubted.provider_code = s.provider_code
  and (doubted.benefit is not distinct from s.benefit)
