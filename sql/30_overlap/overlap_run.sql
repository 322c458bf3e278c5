-- Maximal runs of consecutive months of one rule, person and pair of sides: what becomes a flag.
-- Barred is the side that a rule says must not be held; where that is the lower of the two, the one with less money.
-- One month shared at a change of scheme or county, where the one side ends and the other begins, is information only; at a
-- change of county so are the months for which the terms of the side that ends let it run on after a move.
-- schema: work · pass: bucket · kept as: table
-- grain: rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, from_month
with handed_over as (
  select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category,
    from_month, bool_or(is_left and is_before) as left_ends
  from work.stretch_beside
  group by rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category,
    from_month
  having (bool_or(is_left and is_before) and not bool_or(is_left and not is_before)
      and not bool_or(is_right and is_before) and bool_or(is_right and not is_before))
    or (bool_or(is_right and is_before) and not bool_or(is_right and not is_before)
      and not bool_or(is_left and is_before) and bool_or(is_left and not is_before))
),
ending as (
  select h.*, extract(year from h.from_month) * 12 + extract(month from h.from_month) - 1 as from_no, term.accrual,
    case when h.left_county <> h.right_county then term.ends_on_move else 'same_month' end as ends,
    row_number() over (
      partition by h.rule_id, h.person_id, h.left_benefit, h.left_county, h.left_category, h.right_benefit, h.right_county,
        h.right_category, h.from_month
      order by length(term.place) desc, term.from_month desc
    ) as choice
  from handed_over h
  join reference.term term on term.benefit = case when h.left_ends then h.left_benefit else h.right_benefit end
    and starts_with(case when h.left_ends then h.left_county else h.right_county end, term.place)
    and term.from_month <= h.from_month and h.from_month < term.until_month
),
-- Where the terms leave a field empty, the mildest value.
change as (
  select *, case ends
      when 'same_month' then from_no
      when 'next_month' then from_no + 1
      else
        case accrual
          when 'month' then from_no + case when ends = '' then 1 else 0 end
          when 'quarter' then from_no - from_no % 3 + 2
          else from_no - from_no % 12 + 11
        end
    end as last_no
  from ending where choice = 1
),
changed as (
  select run.*,
    case
      when rule.bars <> 'lower' then rule.bars
      when run.left_amount < run.right_amount then 'left'
      when run.left_amount > run.right_amount then 'right'
    end as barred,
    change.rule_id is not null as is_change
  from work.overlap_stretch run
  join reference.rule rule on rule.rule_id = run.rule_id
  left join change on change.rule_id = run.rule_id and change.person_id = run.person_id
    and change.from_month = run.from_month
    and extract(year from run.until_month) * 12 + extract(month from run.until_month) - 1 <= change.last_no
    and change.left_benefit = run.left_benefit and change.left_county = run.left_county
    and (change.left_category is not distinct from run.left_category)
    and change.right_benefit = run.right_benefit and (change.right_county is not distinct from run.right_county)
    and (change.right_category is not distinct from run.right_category)
)
select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category,
  from_month, until_month, months, left_amount, right_amount, at_risk, barred,
  case when is_change or weight = 1 then 'info' when weight = 2 then 'review' else 'violation' end as severity
from changed
