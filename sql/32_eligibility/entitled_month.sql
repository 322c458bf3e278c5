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
),
state as (
  select r.person_id, month.month, month.month_no, r.hukou_county, r.residence_county, r.residence_since,
    coalesce(c.mask, 0) as mask, coalesce(h.mask, 0) as held
  from work.register_span r
  join (select distinct person_id from work.entitled) e on e.person_id = r.person_id
  join reference.month month on month.month_no >= r.from_no and month.month_no < r.until_no
  left join work.circumstance_month c on c.person_id = r.person_id and c.month_no = month.month_no
  left join work.person_month h on h.person_id = r.person_id and h.month = month.month
  -- A death that the register alone reports is not certified; who is dead is not among the entitled.
  where r.status in ('active', 'dead')
)
select due.person_id, due.entitlement_id, due.purpose, due.rank, due.benefit, s.month, s.month_no, s.hukou_county,
  s.residence_county, s.mask, s.held
from due
join state s on s.person_id = due.person_id and s.month_no >= due.due_no
where (not due.by_hukou or starts_with(s.hukou_county, due.place))
  and (not due.by_residence or starts_with(s.residence_county, due.place))
  and (due.from_month is null or due.from_month <= s.month)
  and (due.until_month is null or s.month < due.until_month)
  and (due.resided_months = 0 or s.residence_since is null
    or cast(extract(year from s.residence_since) * 12 + extract(month from s.residence_since) - 1 as bigint)
      + due.resided_months <= s.month_no)
  and (due.need_1 = 0 or (s.mask & due.need_1) <> 0)
  and (due.need_2 = 0 or (s.mask & due.need_2) <> 0)
  and (due.need_3 = 0 or (s.mask & due.need_3) <> 0)
  and (s.mask & due.unless_mask) = 0
  and (s.held & due.unless_held) = 0
