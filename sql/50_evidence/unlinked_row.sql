-- Rows that nobody could be linked to, with their money; nothing rests on them.
-- schema: hub · pass: whole · kept as: table
-- grain: dataset, delivery_id, row
-- privacy: pseudonymous
select 'benefit_payment' as dataset, delivery_id, row, benefit, month, amount from unnumbered.benefit_payment where person_id is null
union all
select 'pension_payment', delivery_id, row, scheme, month, amount from unnumbered.pension_payment where person_id is null
union all
select 'ltci_benefit', delivery_id, row, 'YB01', month, amount from unnumbered.ltci_benefit where person_id is null
union all
select 'work_injury_care', delivery_id, row, 'RS03', month, amount from unnumbered.work_injury_care where person_id is null
union all
select 'assistance_roll', delivery_id, row, benefit, cast(null as date), monthly_amount from unnumbered.assistance_roll where person_id is null
union all
select 'family_planning_support', delivery_id, row, case when kind = 'reward' then 'WJ02' else 'WJ01' end, cast(null as date), amount
from unnumbered.family_planning_support where person_id is null
union all
select 'day_care', delivery_id, row, 'CL04', cast(null as date), amount from unnumbered.day_care where person_id is null
union all
select 'elder_register', delivery_id, row, cast(null as varchar), cast(null as date), cast(null as decimal(18, 2))
from unnumbered.elder_register where person_id is null
