-- The disability certificates of each person as every snapshot tells them. `is_newest` marks the row that speaks for the
-- person now: of the latest snapshot, a valid one before others, then the graver grade. Only rows with an ID number.
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per delivered certificate)
select s.person_id, s.category, s.grade, s.issued_on, s.valid_to, s.status, c.county, s.period_end,
  coalesce(o.link_grade, s.link_grade) as link_grade,
  row_number() over (
    partition by s.person_id
    order by s.period_end desc, s.status = 'valid' desc, s.grade, s.issued_on desc, s.category, s.delivery_id, s.row
  ) = 1 as is_newest,
  -- No later snapshot of its office has this person's word, so it still holds.
  s.period_end = max(s.period_end) over (partition by s.person_id, s.place) as is_last_word
from staged.disability_certificate s
join reference.region_county c on c.code = substr(s.region, 1, 6)
left join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
where s.person_id is not null
