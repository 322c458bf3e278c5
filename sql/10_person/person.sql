-- Everybody the hub knows: one row per person, with the newest register row where there is one.
-- schema: hub · pass: bucket · kept as: table
-- grain: person_id
-- privacy: pseudonymous
with everybody as (
  select person_id, cast(min(sex) as varchar) as sex, min(birth_month) as birth_month
  from work.person_dataset
  group by person_id
),
newest_day as (select person_id, max(day) as day from work.register_day group by person_id)
select
  everybody.person_id,
  everybody.sex,
  everybody.birth_month,
  register.hukou_county,
  register.residence_county,
  register.residence_region,
  register.urban_rural as residence_urban_rural,
  register.status as register_status,
  register.person_id is not null as in_register,
  death.death_month,
  coalesce(death.death_status, 'alive') as death_status
from everybody
left join newest_day on newest_day.person_id = everybody.person_id
left join work.register_day register on register.person_id = newest_day.person_id and register.day = newest_day.day
left join work.death death on death.person_id = everybody.person_id
