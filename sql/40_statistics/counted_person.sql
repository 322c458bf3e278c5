-- Who is counted in each year's head count: registered as active, 60 or older and not dead on 31 December.
-- Age is in completed years on 31 December, which the year of birth alone decides.
-- schema: work · pass: bucket · kept as: memory
-- grain: year, person_id
select y.year, r.person_id, r.sex, band.age_band, r.hukou_county, r.residence_county
from work.register_day r
join reference.year y on y.day = r.day
join reference.age_band band
  on extract(year from y.day) - extract(year from r.birth_month) between band.from_age and band.until_age
left join work.death d on d.person_id = r.person_id and d.certified and d.death_month <= y.day
where r.status = 'active' and d.person_id is null
