-- The spells of benefits that months are read from. A row that its name links to a person counts where no row with that
-- person's number speaks of the same benefit. The amount of MZ05 is the household's and so no person's; who stands on its
-- roll as the family of one who is covered alone (单人保) does not have it.
-- schema: work · pass: bucket · kept as: view
-- grain: none (one row per delivered spell that counts)
select s.person_id, s.benefit, s.from_month, s.to_month, s.region,
  case when s.benefit = 'MZ05' then cast(null as decimal(18, 2)) else s.monthly_amount end as amount,
  false as is_yearly, coalesce(o.link_grade, s.link_grade) as link_grade,
  'assistance_roll' as dataset, s.place, s.period_end, s.delivery_id, s.row
from staged.assistance_roll s
left join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
where s.benefit <> 'MZ05' or s.cover = 'household' or s.guaranteed or (s.cover is null and s.guaranteed is null)
union all
select s.person_id, s.benefit, s.from_month, s.to_month, s.region,
  case when s.benefit = 'MZ05' then cast(null as decimal(18, 2)) else s.monthly_amount end,
  false, s.link_grade, 'assistance_roll', s.place, s.period_end, s.delivery_id, s.row
from unnumbered.assistance_roll s
left join staged.assistance_roll own on own.person_id = s.person_id and own.benefit = s.benefit
where s.person_id is not null and own.person_id is null
  and (s.benefit <> 'MZ05' or s.cover = 'household' or s.guaranteed or (s.cover is null and s.guaranteed is null))
union all
select s.person_id, case when s.kind = 'reward' then 'WJ02' else 'WJ01' end, s.from_month, s.to_month, s.region, s.amount,
  s.period = 'year', coalesce(o.link_grade, s.link_grade),
  'family_planning_support', s.place, s.period_end, s.delivery_id, s.row
from staged.family_planning_support s
left join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
union all
select s.person_id, case when s.kind = 'reward' then 'WJ02' else 'WJ01' end, s.from_month, s.to_month, s.region, s.amount,
  s.period = 'year', s.link_grade, 'family_planning_support', s.place, s.period_end, s.delivery_id, s.row
from unnumbered.family_planning_support s
left join staged.family_planning_support own
  on own.person_id = s.person_id and (own.kind = 'reward') = (s.kind = 'reward')
where s.person_id is not null and own.person_id is null
union all
select s.person_id, 'CL04', s.from_month, s.to_month, s.region, s.amount, false,
  coalesce(o.link_grade, s.link_grade), 'day_care', s.place, s.period_end, s.delivery_id, s.row
from staged.day_care s
left join work.other_name o on o.person_id = s.person_id and o.name_ordinal = s.name_ordinal
union all
select s.person_id, 'CL04', s.from_month, s.to_month, s.region, s.amount, false, s.link_grade,
  'day_care', s.place, s.period_end, s.delivery_id, s.row
from unnumbered.day_care s
left join staged.day_care own on own.person_id = s.person_id
where s.person_id is not null and own.person_id is null
