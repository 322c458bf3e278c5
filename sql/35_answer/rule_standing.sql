-- How each rule has stood the offices' answers. A rule with at least 50 answers of which fewer than 30 in 100 confirm it
-- has fallen (rules.md, last line of «More rules»): from the next run on its flags are information only, until its owner
-- signs it again (`signed_on`), from when on answers are counted anew. Only who is asked is counted: the department that
-- acts, or where that is the payer, any that the rule does not merely tell.
-- schema: hub · pass: whole · kept as: table
-- grain: rule_id
-- privacy: counts of answers; no person
with counted as (
  select record.rule_id, count(*) as answers,
    count(*) filter (where answer.decision in ('corrected', 'to_recover', 'recovered')) as confirmed
  from work.newest_answer answer
  join hub.flag_record record on record.flag_id = answer.flag_id
  join reference.rule rule on rule.rule_id = record.rule_id and rule.act_by in (answer.department, 'payer')
  left join reference.rule_tell tell on tell.rule_id = rule.rule_id and tell.department = answer.department
  where (rule.act_by <> 'payer' or tell.rule_id is null)
    and (rule.signed_on is null or rule.signed_on < answer.decided_on)
    and answer.decision in ('corrected', 'to_recover', 'recovered', 'data_error', 'allowed', 'not_dead')
  group by record.rule_id
)
select rule.rule_id, coalesce(counted.answers, 0) as answers, coalesce(counted.confirmed, 0) as confirmed, rule.signed_on,
  case
    when before.fell_on > coalesce(rule.signed_on, date '1900-01-01') then before.fell_on
    when counted.answers >= 50 and counted.confirmed * 100 < counted.answers * 30 then run.as_of
  end as fell_on
from reference.rule rule
cross join reference.run run
left join counted on counted.rule_id = rule.rule_id
left join reference.rule_history before on before.rule_id = rule.rule_id
