-- What targets are judged by, for each county and month: schemas/codes/indicator.csv says each in words. A share has a
-- denominator, a number has none. Openings and adaptations are of the month and add up; the others stand for its end.
-- schema: hub · pass: whole · kept as: table
-- grain: indicator, county, month
-- privacy: counts of facilities, beds, households and people, not protected; for operators
with facility as (
  select month, county,
    sum(beds) filter (where is_institution) as beds, sum(nursing_beds) filter (where is_institution) as nursing_beds,
    sum(dementia_beds) filter (where is_institution) as dementia_beds,
    count(*) filter (where is_institution) as institutions,
    count(*) filter (where is_institution and has_medical) as medical,
    count(*) filter (where type = 'medical_care_institution') as medical_homes,
    count(*) filter (where is_institution and home_service) as home_service,
    count(*) filter (where is_institution and is_safe) as safe,
    count(*) filter (where is_institution and ownership = 'public') as public_homes,
    count(*) filter (where is_institution and ownership = 'public' and is_safe) as public_safe,
    count(*) filter (where type = 'destitute_institution' and nursing_beds > 0) as destitute_homes,
    count(*) filter (
      where has_contract and ((type = 'rural_home' and ownership = 'public')
        or (type = 'institution' and ownership = 'private') or type = 'service_centre')
    ) as contracted,
    count(*) filter (where type = 'community_station' and is_evaluated) as evaluated,
    count(*) filter (where opened and type = 'community_station' and region_urban_rural <> 'rural') as stations,
    count(*) filter (
      where opened and region_urban_rural = 'rural' and type in ('community_station', 'rural_mutual_home')
    ) as rural_stations,
    count(*) filter (where opened and type = 'meal_point' and region_urban_rural <> 'rural') as meal_points,
    count(*) filter (where opened and type = 'meal_point' and region_urban_rural = 'rural') as village_meal_points,
    count(*) filter (where opened and type = 'canteen') as canteens,
    count(*) filter (where opened and type = 'medical_care_institution') as medical_homes_opened
  from work.facility_month group by month, county
),
first_work as (select household_id, min(month) as month from work.adapted_home where household_id is not null group by household_id),
adapted as (
  select month, county, count(*) as homes, count(*) filter (where is_named) as named
  from (
    select a.household_id, a.month, min(a.county) as county, bool_or(a.is_named) as is_named
    from work.adapted_home a join first_work f on f.household_id = a.household_id and f.month = a.month
    group by a.household_id, a.month
  ) as home
  group by month, county
),
destitute as (
  select month, county,
    sum(persons) filter (where self_care in ('none', 'half')) as dependent,
    coalesce(sum(persons) filter (where self_care in ('none', 'half') and is_central), 0) as dependent_central,
    sum(persons) filter (where self_care = 'none') as full_care,
    coalesce(sum(persons) filter (where self_care = 'none' and is_central), 0) as full_care_central,
    sum(persons) filter (where is_central or wishes) as willing,
    coalesce(sum(persons) filter (where is_central), 0) as central
  from work.destitute_month group by month, county
),
carer as (
  select m.month, c.county, count(*) as carers, count(*) filter (where w.certificate_level <> 'none') as certified
  from staged.care_worker w
  join reference.snapshot_month m on m.dataset = 'care_worker' and m.place = w.place and m.period_end = w.period_end
  join reference.region_county c on c.code = substr(w.region, 1, 6)
  where w.employed and coalesce(w.since, m.month) < m.month + interval '1 month'
  group by m.month, c.county
),
insured as (
  select m.month, c.county, sum(l.insured) as insured, sum(l.ltci_insured) as covered
  from staged.ltci_coverage l
  join reference.snapshot_month m on m.dataset = 'ltci_coverage' and m.place = l.place and m.period_end = l.period_end
  join reference.region_county c on c.code = substr(l.pool_region, 1, 6)
  where l.scheme = 'resident'
  group by m.month, c.county
),
listed as (
  select m.month, i.place as county, count(*) as items
  from (select distinct month from reference.snapshot_month where dataset = 'service_list') as m
  join (select place, item, min(valid_from) as valid_from, max(valid_until) as valid_until
    from hub.service_list_item where level = 'county' group by place, item) as i
    on i.valid_from < m.month + interval '1 month' and i.valid_until >= m.month + interval '1 month'
  group by m.month, i.place
)
select 'institution_beds' as indicator, county, month, cast(coalesce(beds, 0) as bigint) as numerator,
  cast(null as bigint) as denominator from facility
union all select 'dementia_beds', county, month, coalesce(dementia_beds, 0), null from facility
union all select 'nursing_beds', county, month, coalesce(nursing_beds, 0), coalesce(beds, 0) from facility
union all select 'medical_care', county, month, medical, institutions from facility
union all select 'medical_care_homes', county, month, medical_homes, null from facility
union all select 'home_service', county, month, home_service, institutions from facility
union all select 'safety_met', county, month, safe, institutions from facility
union all select 'public_safety_met', county, month, public_safe, public_homes from facility
union all select 'destitute_homes', county, month, destitute_homes, null from facility
union all select 'contracted_homes', county, month, contracted, null from facility
union all select 'evaluated_stations', county, month, evaluated, null from facility
union all select 'stations_opened', county, month, stations, null from facility
union all select 'rural_stations_opened', county, month, rural_stations, null from facility
union all select 'meal_points_opened', county, month, meal_points, null from facility
union all select 'village_meal_points_opened', county, month, village_meal_points, null from facility
union all select 'canteens_opened', county, month, canteens, null from facility
union all select 'medical_homes_opened', county, month, medical_homes_opened, null from facility
union all select 'home_adaptations', county, month, homes, null from adapted
union all select 'hardship_adaptations', county, month, named, null from adapted
union all select 'family_beds', county, month, cast(sum(beds) as bigint), null from work.family_bed_month group by month, county
union all select 'central_support', county, month, cast(dependent_central as bigint), cast(coalesce(dependent, 0) as bigint) from destitute
union all select 'central_support_full', county, month, cast(full_care_central as bigint), cast(coalesce(full_care, 0) as bigint) from destitute
union all select 'central_support_wish', county, month, cast(central as bigint), cast(coalesce(willing, 0) as bigint) from destitute
union all select 'certified_carers', county, month, certified, carers from carer
union all select 'long_term_care_insured', county, month, cast(covered as bigint), cast(insured as bigint) from insured
union all select 'list_items', county, month, items, null from listed
-- A month whose deliveries are not all there is not judged.
union all select 'assessed_on_assistance', county, month, cast(sum(assessed) as bigint), cast(sum(persons) as bigint)
from hub.assessment_coverage group by county, month having count(per_10000) = count(*)
union all select 'hardship_visited', county, month, visited, persons - excused
from hub.visit_rate where hardship = 'any' and per_10000 is not null
union all select 'home_service_covered', county, month, cast(sum(covered) as bigint), cast(sum(persons) as bigint)
from hub.category_coverage where indicator = 'home_service_covered' group by county, month
union all select 'meals_covered', county, month, cast(sum(covered) as bigint), cast(sum(persons) as bigint)
from hub.category_coverage where indicator = 'meals_covered' group by county, month
