-- The disability certificate of each person that is valid on 31 December; of several the graver grade, then the later one.
-- Only rows with an ID number that is nobody else's.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id
with valid as (
  select s.person_id, s.category, s.grade, row_number() over (
      partition by s.person_id order by s.grade, s.issued_on desc, s.category, s.delivery_id, s.row
    ) as choice
  from staged.disability_certificate s
  join reference.snapshot_day d on d.dataset = 'disability_certificate' and d.place = s.place and d.period_end = s.period_end
  join work.release_year y on y.day = d.day
  left join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
  where s.person_id is not null and o.person_id is null and s.status = 'valid' and s.issued_on <= y.day
    and coalesce(s.valid_to >= y.day, true)
)
select person_id, category, grade from valid where choice = 1
