-- Trainings that were subsidised in the year by course: the finest cells.
-- schema: release · pass: whole · kept as: table
-- grain: region, course
-- privacy: counts of people, not protected; for the release alone
with training as (
  select t.course, t.amount,
    case
      when c.county is null then 'unknown'
      when length(t.region) = 9 and starts_with(t.region, c.county) and not ends_with(t.region, '000') then t.region
      else c.county
    end as region
  from staged.training_subsidy t
  join work.released_year y on y.january <= t.trained_on and t.trained_on <= y.day
  left join reference.region_county c on c.code = substr(t.region, 1, 6)
)
select region, course, count(*) as trained, cast(sum(amount) as decimal(18, 2)) as amount
from training group by region, course
