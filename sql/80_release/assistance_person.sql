-- Everybody counted who is on a roll of social assistance in December, in one scheme: destitute before subsistence allowance
-- before borderline. Of several rows of a person central support counts, then the less able. Who stands on a roll as the
-- family of one who is covered alone (单人保) is not on it. Only rows with an ID number.
-- schema: work · pass: bucket · kept as: table
-- grain: person_id
with on_roll as (
  select s.*, row_number() over (
      partition by s.person_id
      order by case s.benefit when 'MZ07' then 1 when 'MZ05' then 2 else 3 end,
        case s.support_mode when 'central' then 1 when 'dispersed' then 2 else 3 end,
        case s.self_care when 'none' then 1 when 'half' then 2 when 'full' then 3 else 4 end,
        s.from_month, s.delivery_id, s.row
    ) as choice
  from staged.assistance_roll s
  join reference.snapshot_month m on m.dataset = 'assistance_roll' and m.place = s.place and m.period_end = s.period_end
  join work.release_year y on y.december = m.month
  where s.person_id is not null and s.from_month <= m.month and m.month <= coalesce(s.to_month, s.period_end)
    and (s.benefit <> 'MZ05' or s.cover = 'household' or s.guaranteed or (s.cover is null and s.guaranteed is null))
)
select r.person_id, r.household_id, coalesce(r.role = 'head', false) as is_head, p.hukou as region, r.benefit as scheme,
  r.area_class,
  case when r.benefit <> 'MZ07' then 'not_applicable' else coalesce(r.support_mode, 'unknown') end as support_mode,
  case when r.benefit <> 'MZ07' then 'not_applicable' else coalesce(r.self_care, 'unknown') end as self_care, p.sex
from on_roll r join work.release_person p on p.person_id = r.person_id and p.in_stock
where r.choice = 1
