-- The months in which a person is entitled and receives nothing: of the gaps with conditions of their own, and of those of
-- a programme's eligible people. Silenced by what the person draws, by circumstances, by an application, and, for a benefit
-- that is paid by the quarter or year, by a payment anywhere in it. Months that cannot be judged are left out.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, gap_kind, month_no
with missing as (
  select distinct person_id, entitlement_id as gap_kind, cast(null as varchar) as category, month, month_no, hukou_county,
    residence_county
  from work.entitled_month where purpose = 'gap'
  union all
  select e.person_id, d.entitlement_id, e.category, e.month, e.month_no, e.hukou_county, e.residence_county
  from work.eligible_month e
  join reference.entitlement d on d.purpose = 'eligible' and d.benefit = e.benefit
  where (e.held & d.unless_held) = 0 and (e.mask & d.unless_mask) = 0
),
longer as (
  select distinct m.person_id, m.benefit, t.accrual,
    case t.accrual when 'quarter' then date_trunc('quarter', m.month) else date_trunc('year', m.month) end as period
  from hub.benefit_month m
  join reference.term t on t.benefit = m.benefit and t.accrual in ('quarter', 'year') and starts_with(m.county, t.place)
  where m.held
)
select g.person_id, g.gap_kind, g.category, g.month, g.month_no, kind.benefit,
  case when kind.by_hukou then g.hukou_county else g.residence_county end as county,
  case when kind.by_hukou then hukou.judged_no else residence.judged_no end as judged_no,
  case when kind.by_hukou then hukou.judged_months else residence.judged_months end as judged_months
from missing g
join reference.gap kind on kind.gap_kind = g.gap_kind
left join work.judged hukou on hukou.gap_kind = g.gap_kind and hukou.county = g.hukou_county and hukou.month_no = g.month_no
left join work.judged residence on residence.gap_kind = g.gap_kind and residence.county = g.residence_county
  and residence.month_no = g.month_no
left join work.silenced s on s.person_id = g.person_id and s.benefit = kind.benefit
  and s.from_no <= g.month_no and g.month_no < s.until_no
left join longer on longer.person_id = g.person_id and longer.benefit = kind.benefit
  and longer.period
    = case longer.accrual when 'quarter' then date_trunc('quarter', g.month) else date_trunc('year', g.month) end
where (not kind.by_hukou or hukou.gap_kind is not null)
  and (not kind.by_residence or residence.gap_kind is not null)
  and s.person_id is null and longer.person_id is null
