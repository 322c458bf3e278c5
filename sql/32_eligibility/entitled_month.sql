-- The months in which a person meets a category of a programme, or a condition of a gap that nothing silences in that
-- month. A person is N years old from the month of the birthday on; a benefit that starts later by its terms (term.csv)
-- is due later; hukou and residence are those of the register read for the month.
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per person, condition, month and register row)
with due as (
  select e.person_id, e.birth_no, d.*,
    case d.starts
      when 'next_month' then e.birth_no + d.min_age * 12 + 1
      when 'approval_month' then e.birth_no + d.min_age * 12 + 1
      when 'next_quarter' then ((e.birth_no + d.min_age * 12) / 3 + 1) * 3
      else e.birth_no + d.min_age * 12
    end as due_no
  from work.entitled e
  join reference.entitlement d on d.entitlement_id = e.entitlement_id and d.rank = e.rank
)
select due.person_id, due.entitlement_id, due.purpose, due.rank, due.benefit, month.month, month.month_no,
  r.hukou_county, r.residence_county, coalesce(c.mask, 0) as mask, coalesce(h.mask, 0) as held
from due
join work.register_span r on r.person_id = due.person_id
join reference.month month on month.month_no >= r.from_no and month.month_no < r.until_no and month.month_no >= due.due_no
left join work.circumstance_month c on c.person_id = due.person_id and c.month_no = month.month_no
left join work.person_month h on h.person_id = due.person_id and h.month = month.month
where r.status = 'active'
  and (not due.by_hukou or starts_with(r.hukou_county, due.place))
  and (not due.by_residence or starts_with(r.residence_county, due.place))
  and (due.from_month is null or due.from_month <= month.month)
  and (due.until_month is null or month.month < due.until_month)
  and (due.resided_months = 0 or r.residence_since is null
    or cast(extract(year from r.residence_since) * 12 + extract(month from r.residence_since) - 1 as bigint)
      + due.resided_months <= month.month_no)
  and (due.need_1 = 0 or (coalesce(c.mask, 0) & due.need_1) <> 0)
  and (due.need_2 = 0 or (coalesce(c.mask, 0) & due.need_2) <> 0)
  and (due.need_3 = 0 or (coalesce(c.mask, 0) & due.need_3) <> 0)
  and (coalesce(c.mask, 0) & due.unless_mask) = 0
  and (coalesce(h.mask, 0) & due.unless_held) = 0
