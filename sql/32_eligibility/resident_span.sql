-- The whole months of each stay in an institution: from the first whole one, and the month of leaving is none.
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per delivered stay that counts)
select s.person_id, s.link_grade,
  cast(extract(year from s.admitted_on) * 12 + extract(month from s.admitted_on) - 1 as bigint)
    + case when extract(day from s.admitted_on) = 1 then 0 else 1 end as from_no,
  case
    when s.discharged_on is null then span.until_no
    else cast(extract(year from s.discharged_on) * 12 + extract(month from s.discharged_on) - 1 as bigint)
  end as until_no
from work.stay s
join work.snapshot_span span on span.dataset = 'institution_stay' and span.place = s.place and span.period_end = s.period_end
