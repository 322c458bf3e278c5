-- The assessment of each person that speaks for December, on the common order of severity; where there are two, the one
-- whose scale has a meaning.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id
with spoken as (
  select a.person_id, a.standard, coalesce(a.severity, 'unknown') as level,
    row_number() over (
      partition by a.person_id order by a.severity is null, a.assessed_on desc, a.standard, a.delivery_id, a.row
    ) as choice
  from work.assessment_made a
  join work.release_year y on a.from_no <= y.december_no and y.december_no < a.until_no
)
select person_id, standard, level from spoken where choice = 1
