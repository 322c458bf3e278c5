-- Every booked row and fen that the departments delivered is kept, a repeat, set aside, unlinked or tombstoned: per dataset, benefit and month.
-- seen: benefits and months with control totals · bad: those whose rows or money differ
with delivered as (
  select dataset, benefit, month, sum(rows) as rows, sum(amount) as amount
  from reference.control_total
  where dataset in ('benefit_payment', 'pension_payment', 'ltci_benefit', 'work_injury_care')
  group by dataset, benefit, month
),
found as (
  select dataset, benefit, month, sum(rows) as rows, sum(amount) as amount
  from (
    select dataset, benefit, month, rows, amount from work.accounting
    union all
    select dataset, benefit, month, count(*), sum(amount) from hub.unlinked_row
    where dataset in ('benefit_payment', 'pension_payment', 'ltci_benefit', 'work_injury_care')
    group by dataset, benefit, month
    union all
    select dataset, benefit, month, rows, amount from reference.tombstoned
    where dataset in ('benefit_payment', 'pension_payment', 'ltci_benefit', 'work_injury_care')
  ) as part
  group by dataset, benefit, month
)
select
  count(*) as seen,
  (select count(*) from delivered where rows <> 0) as must_see,
  count(*) filter (
    where d.dataset is null or f.dataset is null or d.rows <> f.rows or coalesce(d.amount, 0) <> coalesce(f.amount, 0)
  ) as bad
from delivered d
full join found f on f.dataset = d.dataset and (f.benefit is not distinct from d.benefit) and (f.month is not distinct from d.month)
where coalesce(d.rows, 0) <> 0 or coalesce(f.rows, 0) <> 0
