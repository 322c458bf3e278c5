-- Whether a person may be served in a month by a programme: the seam between settlement and eligibility.
-- The category on the event is the office's own word that the person is eligible (玉泉区 四（一）4 初审、审核、审批备案), whether or
-- not other departments' rows show it, which the settlement says beside it; a later
-- `refused` or `waived` takes it back from the month after. A violation bars months of which no payment of the programme
-- tells, so that no flag can; rules that need further grounds wait for the flag.
-- schema: work · pass: bucket · kept as: memory
-- grain: person_id, benefit, month
with event_county as (
  select person_id, benefit, month, county from work.purchased_event where benefit is not null
  group by person_id, benefit, month, county
),
served as (select person_id, benefit, month from event_county group by person_id, benefit, month),
decided as (
  select person_id, benefit, coalesce(decided_on, township_on, community_on, applied_on) as decided_on,
    decision = 'approved' as is_approved
  from staged.benefit_approval
  where person_id is not null and benefit in ('MZ11', 'MZ12') and decision <> 'waiting'
),
-- The newest decision, and of two of one day the approval: twice the day, and one more for an approval.
newest as (
  select s.person_id, s.benefit, s.month, max(cast(d.decided_on as bigint) * 2 + cast(d.is_approved as bigint)) % 2 = 1
    as is_approved
  from served s
  join decided d on d.person_id = s.person_id and d.benefit = s.benefit
    and (d.decided_on < s.month or (d.is_approved and d.decided_on < s.month + interval '1 month'))
  group by s.person_id, s.benefit, s.month
),
-- In which months the rows of all departments show a category of the programme, whatever bars it.
proven as (
  select distinct s.person_id, s.benefit, s.month
  from served s
  join work.entitled_month e on e.person_id = s.person_id and e.benefit = s.benefit and e.month = s.month
  where e.purpose = 'category'
),
barred as (
  select distinct s.person_id, s.benefit, s.month
  from event_county s
  join work.bar bar on bar.barred = s.benefit
  join reference.rule_place place on place.rule_id = bar.rule_id and starts_with(s.county, place.place)
    and place.from_month <= s.month and s.month < place.until_month
  join hub.benefit_month m on m.person_id = s.person_id and m.benefit = bar.beside and m.month = s.month
    and m.held and m.link_grade = 'id'
  left join hub.benefit_month paid on paid.person_id = s.person_id and paid.benefit = s.benefit and paid.month = s.month
    and paid.held
  where paid.person_id is null
)
select s.person_id, s.benefit, s.month, coalesce(n.is_approved, true) as is_eligible, b.person_id is not null as is_barred,
  proven.person_id is not null as is_proven
from served s
left join proven on proven.person_id = s.person_id and proven.benefit = s.benefit and proven.month = s.month
left join newest n on n.person_id = s.person_id and n.benefit = s.benefit and n.month = s.month
left join barred b on b.person_id = s.person_id and b.benefit = s.benefit and b.month = s.month
