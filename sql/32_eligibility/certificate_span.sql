-- The months in which a person has a valid disability certificate, on rows with an ID number that is nobody else's.
-- `until_no` is the month after the last.
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per delivered certificate)
select s.person_id, s.grade,
  greatest(cast(extract(year from s.issued_on) * 12 + extract(month from s.issued_on) - 1 as bigint), span.from_no)
    as from_no,
  case
    when s.valid_to is null then span.until_no
    else least(cast(extract(year from s.valid_to) * 12 + extract(month from s.valid_to) as bigint), span.until_no)
  end as until_no
from staged.disability_certificate s
join work.snapshot_span span on span.dataset = 'disability_certificate' and span.place = s.place
  and span.period_end = s.period_end
left join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
where s.person_id is not null and o.person_id is null and s.status = 'valid'
