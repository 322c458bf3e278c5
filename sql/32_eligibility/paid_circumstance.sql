-- Circumstances that the benefits of a month tell: civil affairs pays or approved meals for 失独; who draws a pension, of those
-- of whom an office delivers the state of one.
-- schema: work · pass: bucket · kept as: table · months: own
-- grain: person_id, month, circumstance
with state as (
  select person_id from staged.pension_status where person_id is not null
  union
  select person_id from unnumbered.pension_status where person_id is not null
)
select person_id, month, 'known_childless' as circumstance
from hub.benefit_month
where category = 'M5' and held and link_grade in ('id', 'upgraded15')
union all
select m.person_id, m.month, 'pension_drawn'
from work.person_month m
join state on state.person_id = m.person_id
cross join (select bit_or(mask) as mask from reference.benefit where benefit in ('RS01', 'RS02')) pension
where (m.mask & pension.mask) <> 0
