-- Everybody of the release: registered for 31 December, 60 or older then or at death, and not dead before the year. `in_stock`
-- are the counted of 31 December, 24:00 (active, not certified dead); the others are in flows only, until `death_month`.
-- Age is in completed years on 31 December, or in the month of a certified death. Regions are townships where the register
-- says one, else counties. Of the ways of living the first counts: institution, alone, empty nest, left behind, with others.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id
with known as (
  select y.year, r.*, d.death_month,
    cast(extract(year from r.birth_month) * 12 + extract(month from r.birth_month) - 1 as bigint) as birth_no,
    case
      when d.death_month is null then y.year - extract(year from r.birth_month)
      else ((extract(year from d.death_month) - extract(year from r.birth_month)) * 12
        + extract(month from d.death_month) - extract(month from r.birth_month)) / 12
    end as age
  from work.register_day r
  join work.release_year y on y.day = r.day
  left join work.death d on d.person_id = r.person_id and d.certified and d.death_month <= y.day
  where d.death_month is null or d.death_month >= y.january
)
select k.year, k.person_id, case when k.sex in ('1', '2') then k.sex else 'unknown' end as sex, band.age_band, k.birth_no,
  k.hukou_county, k.residence_county,
  case
    when k.hukou_county is null then 'unknown'
    when length(k.hukou_region) = 9 and starts_with(k.hukou_region, k.hukou_county) and not ends_with(k.hukou_region, '000')
      then k.hukou_region
    else k.hukou_county
  end as hukou,
  case
    when k.residence_county is null then 'unknown'
    when length(k.residence_region) = 9 and starts_with(k.residence_region, k.residence_county)
      and not ends_with(k.residence_region, '000') then k.residence_region
    else k.residence_county
  end as residence,
  coalesce(k.urban_rural, 'unknown') as urban_rural,
  case
    when resident.person_id is not null or k.living = 'institution' then 'institution'
    when k.living_alone or k.living = 'alone' then 'alone'
    when k.empty_nest or k.living = 'empty_nest' then 'empty_nest'
    when k.left_behind or k.living = 'left_behind' then 'left_behind'
    when k.living is null and k.living_alone is null and k.empty_nest is null and k.left_behind is null then 'unknown'
    else 'with_others'
  end as situation,
  k.status, k.updated_on, k.residence_since, k.death_month, k.status = 'active' and k.death_month is null as in_stock
from known k
join reference.age_band band on k.age between band.from_age and band.until_age
left join work.release_resident resident on resident.person_id = k.person_id
