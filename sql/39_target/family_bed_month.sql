-- Family beds in use on the last day of each month, each person's one bed once (家庭养老床位; a home bed of health, 家庭病床, is
-- another thing).
-- schema: work · pass: bucket · kept as: table
-- grain: month, county
with bed as (
  select distinct f.person_id, m.month, c.county
  from staged.family_bed f
  join reference.snapshot_month m on m.dataset = 'family_bed' and m.place = f.place and m.period_end = f.period_end
  join reference.region_county c on c.code = substr(f.region, 1, 6)
  where f.person_id is not null and f.opened_on < m.month + interval '1 month'
    and coalesce(f.closed_on, m.month + interval '1 month') >= m.month + interval '1 month'
)
select month, county, count(*) as beds from bed group by month, county
