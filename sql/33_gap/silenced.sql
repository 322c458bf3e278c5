-- The months in which an application silences the gap of its benefit: refused, waived by the person, or under way
-- (gap.yaml says for how long, the month of the decision included). One that a name alone links silences too.
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per application)
with application as (
  select person_id, benefit, decision, applied_on, decided_on from staged.benefit_approval where person_id is not null
  union all
  select person_id, benefit, decision, applied_on, decided_on from unnumbered.benefit_approval where person_id is not null
),
dated as (
  select a.person_id, a.benefit, s.months,
    cast(extract(year from coalesce(a.decided_on, a.applied_on)) * 12
      + extract(month from coalesce(a.decided_on, a.applied_on)) - 1 as bigint) as from_no
  from application a join reference.silence s on s.decision = a.decision
)
select person_id, benefit, from_no, from_no + months as until_no from dated
