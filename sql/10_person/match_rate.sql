-- How many of an office's people stand in another department's deliveries too. An office that hashes with another key
-- or canonicalises in another way meets nobody, and nothing may be published then: the rate is low when it is below half
-- the median of the office's last publications, or, without any, below 5 % of at least 200 people.
-- schema: hub · pass: whole · kept as: table
-- grain: place, department
-- privacy: counts of people, not protected; for operators
with office as (
  select place, department, cast(sum(persons) as bigint) as persons, cast(sum(matched) as bigint) as matched
  from work.match_count group by place, department
),
rated as (select office.*, matched * 10000 / persons as matched_per_10000 from office),
usual as (
  select place, department, cast(median(matched_per_10000) as bigint) as usual_per_10000
  from reference.match_history group by place, department
)
select rated.place, rated.department, rated.persons, rated.matched, rated.matched_per_10000, usual.usual_per_10000,
  case
    when usual.usual_per_10000 is null then rated.persons >= 200 and rated.matched_per_10000 < 500
    else rated.matched_per_10000 * 2 < usual.usual_per_10000
  end as is_low
from rated left join usual on usual.place = rated.place and usual.department = rated.department
