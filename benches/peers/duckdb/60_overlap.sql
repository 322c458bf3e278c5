-- Runs of months of one rule, person and pair of sides.

-- People who ever had both benefits of a rule, or a pension in two counties: for the rest there is nothing to compare.
create temp table held as
  with rule_mask as (
    select rule_id, bit_or(l.bit) as left_mask, bit_or(r.bit) as right_mask
    from rule_pair
    join rule using (rule_id)
    join benefit l on l.benefit = left_benefit
    join benefit r on r.benefit = right_benefit
    where rule.type in ('exclusive', 'higher')
    group by rule_id
  ),
  had as (
    select m.person_id, bit_or(b.bit) as mask,
      min(m.county) filter (where b.in_one_county) <> max(m.county) filter (where b.in_one_county) as in_counties
    from benefit_month m
    join (
      select benefit, bit, benefit in (
        select left_benefit from rule_pair join rule using (rule_id) where rule.type = 'duplicate'
      ) as in_one_county
      from benefit
    ) b using (benefit)
    where m.held
    group by m.person_id
  ),
  candidate as (
    select person_id from had
    where in_counties
      or exists (from rule_mask where (had.mask & left_mask) <> 0 and (had.mask & right_mask) <> 0)
    union
    select person_id from death
  )
  select * from benefit_month m semi join candidate using (person_id) where m.held;

create temp table overlap_month as
  with pair as (
    select r.rule_id, l.person_id, l.month,
      l.benefit as left_benefit, l.county as left_county, l.category as left_category, l.amount as left_amount,
      b.benefit as right_benefit, b.county as right_county, b.category as right_category, b.amount as right_amount,
      case
        when r.bars = 'left' then l.amount
        when r.bars = 'right' then b.amount
        when l.amount is not null and b.amount is not null then least(l.amount, b.amount)
      end as at_risk,
      l.link_grade <> 'id' or b.link_grade <> 'id' as is_weak
    from held l
    join rule_pair p on p.left_benefit = l.benefit
    join rule r on r.rule_id = p.rule_id and r.from_month <= l.month and l.month < r.until_month
    join held b on b.person_id = l.person_id and b.month = l.month and b.benefit = p.right_benefit
    where r.type in ('exclusive', 'higher') or (r.type = 'duplicate' and l.county < b.county)
  ),
  -- A month after the last one that the terms of the nearest place allow after a death.
  after_death as (
    select m.*, d.death_status, t.accrual, t.ends_on_death, t.lawful_after_death,
      year(d.death_month) * 12 + month(d.death_month) - 1 as died, year(m.month) * 12 + month(m.month) - 1 as this_month
    from held m
    join death d on d.person_id = m.person_id and d.death_month < m.month
    join term t on t.benefit = m.benefit and starts_with(m.county, t.place)
      and t.from_month <= m.month and m.month < t.until_month
    qualify row_number() over (
      partition by m.person_id, m.benefit, m.month, m.county, m.category order by length(t.place) desc, t.from_month desc
    ) = 1
  ),
  status as (
    select r.rule_id, m.person_id, m.month, m.benefit, m.county, m.category, m.amount,
      m.link_grade <> 'id' or m.death_status <> 'dead' as is_weak
    from after_death m
    join rule_pair p on p.left_benefit = m.benefit and p.right_benefit = 'death'
    join rule r on r.rule_id = p.rule_id and r.type = 'status' and r.from_month <= m.month and m.month < r.until_month
    where m.lawful_after_death = 'false' and m.this_month > case
      when m.ends_on_death = 'same_month' then died
      when m.ends_on_death = 'next_month' then died + 1
      when m.accrual = 'month' then died + case when m.ends_on_death = '' then 1 else 0 end
      when m.accrual = 'quarter' then died - died % 3 + 2
      else died - died % 12 + 11
    end
  )
  select rule_id, person_id, month, left_benefit, left_county, left_category, right_benefit, right_county, right_category,
    left_amount, right_amount, at_risk, is_weak
  from pair
  union all
  select rule_id, person_id, month, benefit, county, category, 'death', null, null, amount, null, amount, is_weak
  from status;

create temp table run as
  with numbered as (
    select *, year(month) * 12 + month(month) - row_number() over (
      partition by rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category
      order by month
    ) as island
    from overlap_month
  ),
  grouped as (
    select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, island,
      min(month) as from_month, max(month) as until_month, count(*) as months,
      cast(sum(left_amount) as decimal(18, 2)) as left_amount, cast(sum(right_amount) as decimal(18, 2)) as right_amount,
      cast(sum(at_risk) as decimal(18, 2)) as at_risk, bool_or(is_weak) as is_weak
    from numbered
    group by all
  )
  select row_number() over () as run_id, * exclude (island) from grouped;

-- Where one side ends and the other begins the months in common are information only, as far as the terms let the side
-- that ends run on; nothing runs on for more than a year.
create temp table change as
  with beside as (
    select run.run_id, m.month < run.from_month as is_before,
      m.benefit = run.left_benefit and m.county = run.left_county
        and m.category is not distinct from run.left_category as is_left,
      m.benefit = run.right_benefit and m.county = run.right_county
        and m.category is not distinct from run.right_category as is_right
    from run
    join rule on rule.rule_id = run.rule_id and rule.one_month_is_info
    join held m on m.person_id = run.person_id
    where run.months <= 12
      and (m.month = run.from_month - interval 1 month or m.month = run.until_month + interval 1 month)
  ),
  ends as (
    select run_id,
      bool_or(is_left and is_before) as left_before, bool_or(is_left and not is_before) as left_after,
      bool_or(is_right and is_before) as right_before, bool_or(is_right and not is_before) as right_after
    from beside
    group by run_id
  ),
  handed_over as (
    select run.run_id, run.from_month, run.left_county <> run.right_county as is_move,
      case when left_before then run.left_benefit else run.right_benefit end as benefit,
      case when left_before then run.left_county else run.right_county end as county,
      year(run.from_month) * 12 + month(run.from_month) - 1 as from_no,
      year(run.until_month) * 12 + month(run.until_month) - 1 as until_no
    from ends
    join run using (run_id)
    where (left_before and not left_after and not right_before and right_after)
      or (right_before and not right_after and not left_before and left_after)
  ),
  termed as (
    select h.*, t.accrual, case when is_move then t.ends_on_move else 'same_month' end as ends
    from handed_over h
    join term t on t.benefit = h.benefit and starts_with(h.county, t.place)
      and t.from_month <= h.from_month and h.from_month < t.until_month
    qualify row_number() over (partition by h.run_id order by length(t.place) desc, t.from_month desc) = 1
  )
  select run_id
  from termed
  where until_no <= case
    when ends = 'same_month' then from_no
    when ends = 'next_month' then from_no + 1
    when accrual = 'month' then from_no + case when ends = '' then 1 else 0 end
    when accrual = 'quarter' then from_no - from_no % 3 + 2
    else from_no - from_no % 12 + 11
  end;

create temp table overlap as
  select run.* exclude (run_id, is_weak),
    case
      when rule.bars <> 'lower' then rule.bars
      when run.left_amount < run.right_amount then 'left'
      when run.left_amount > run.right_amount then 'right'
    end as barred,
    case
      when rule.severity = 'info' or change.run_id is not null then 'info'
      when rule.severity = 'review' or run.is_weak then 'review'
      else 'violation'
    end as severity
  from run
  join rule on rule.rule_id = run.rule_id
  left join change on change.run_id = run.run_id;

copy overlap to (getvariable('out') || '/overlap.parquet');
