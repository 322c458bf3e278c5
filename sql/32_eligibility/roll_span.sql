-- What the rolls of social assistance say of a person for the months of each snapshot, on rows with an ID number that is
-- nobody else's. `until_no` is the month after the last.
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per delivered row)
select s.person_id, s.benefit, s.support_mode, s.self_care, s.wish_central, s.cover, s.guaranteed,
  greatest(cast(extract(year from s.from_month) * 12 + extract(month from s.from_month) - 1 as bigint), span.from_no)
    as from_no,
  least(
    cast(extract(year from coalesce(s.to_month, s.period_end)) * 12
      + extract(month from coalesce(s.to_month, s.period_end)) as bigint),
    span.until_no) as until_no
from staged.assistance_roll s
join work.snapshot_span span on span.dataset = 'assistance_roll' and span.place = s.place
  and span.period_end = s.period_end
left join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
where s.person_id is not null and o.person_id is null
