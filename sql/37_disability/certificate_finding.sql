-- Disability allowances paid in months that no certificate covers: expired, cancelled or frozen (内蒙古 二（二）6). A date of
-- expiry is sure; of a cancellation only the snapshot that tells it is known, so that months until its day are not sure.
-- Consecutive months of one ground are one row. Who never had a certificate here is not judged.
-- schema: hub · pass: bucket · kept as: table
-- grain: person_id, benefit, ground, is_sure, from_month
-- privacy: pseudonymous, sensitive
with paid as (
  select person_id, benefit, month, sum(amount) as amount, bool_or(link_grade <> 'id') as is_weak
  from hub.benefit_month
  where benefit in ('MZ09', 'MZ10') and held and link_grade <> 'name'
  group by person_id, benefit, month
),
known as (
  select p.person_id, p.benefit, p.month, p.amount, p.is_weak,
    bool_or(
      (c.status = 'valid' and c.issued_on < p.month + interval '1 month' and coalesce(c.valid_to, p.month) >= p.month
        and (p.month <= c.period_end or c.is_last_word))
      or (c.status = 'expired' and c.valid_to >= p.month and c.issued_on < p.month + interval '1 month')
    ) as is_covered,
    min(c.period_end) filter (where c.status in ('cancelled', 'frozen')) as withdrawn_by,
    bool_or(c.status = 'cancelled') as is_cancelled,
    bool_or(c.status <> 'cancelled' and c.status <> 'frozen' and coalesce(c.valid_to < p.month, c.status = 'expired'))
      as is_expired,
    bool_or(c.link_grade <> 'id') as is_other_name
  from paid p join work.certificate c on c.person_id = p.person_id
  group by p.person_id, p.benefit, p.month, p.amount, p.is_weak
),
found as (
  select person_id, benefit, month, amount,
    case when withdrawn_by is null then 'expired' when is_cancelled then 'cancelled' else 'frozen' end as ground,
    not is_weak and not is_other_name and coalesce(withdrawn_by < month, true) as is_sure
  from known
  where not is_covered and (is_expired or withdrawn_by is not null)
),
numbered as (
  select found.*, extract(year from month) * 12 + extract(month from month)
    - row_number() over (partition by person_id, benefit, ground, is_sure order by month) as island
  from found
)
select person_id, benefit, ground, is_sure, min(month) as from_month, max(month) as until_month, count(*) as months,
  cast(sum(amount) as decimal(18, 2)) as amount
from numbered
group by person_id, benefit, ground, is_sure, island
