-- The one category of a person in a programme and month: the highest standard, then the first of the document
-- (玉泉区 三（一） 「同时符合两个以上条件的老人,按最高标准执行,但不得重复享受」). Only an exclusion that is a violation takes
-- a person off; one for review is named.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, benefit, month_no
with best as (
  select person_id, benefit, month, month_no, hukou_county, residence_county, mask, held, min(rank) as rank
  from work.entitled_month
  where purpose = 'category'
  group by person_id, benefit, month, month_no, hukou_county, residence_county, mask, held
),
named as (
  select best.*, d.category, d.standard, d.place
  from best
  join reference.entitlement d on d.purpose = 'category' and d.benefit = best.benefit and d.rank = best.rank
    and starts_with(best.hukou_county, d.place)
),
barred as (
  select n.person_id, n.benefit, n.month_no, bool_or(x.is_violation) as is_barred, min(x.rule_id) as rule_id
  from named n
  join reference.exclusion x on x.benefit = n.benefit and x.place = n.place and x.from_month <= n.month
  where (x.need_1 = 0 or (n.mask & x.need_1) <> 0)
    and (x.need_2 = 0 or (n.mask & x.need_2) <> 0)
    and (x.held_mask = 0 or (n.held & x.held_mask) <> 0)
    and strpos('|' || x.excepted || '|', '|' || n.category || '|') = 0
  group by n.person_id, n.benefit, n.month_no
)
select n.person_id, n.benefit, n.month, n.month_no, n.category, n.standard, n.hukou_county, n.residence_county, n.mask,
  n.held, barred.rule_id as to_review
from named n
left join barred on barred.person_id = n.person_id and barred.benefit = n.benefit and barred.month_no = n.month_no
where not coalesce(barred.is_barred, false)
