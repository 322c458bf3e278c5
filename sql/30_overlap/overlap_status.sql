-- Rules of type status: a benefit's month after the last one that is lawful when the person has died.
-- The terms say for each benefit whether the month of death, the month after it, or its quarter or year is the last.
-- schema: work · pass: bucket · kept as: memory
-- grain: rule_id, person_id, month, left_benefit, left_county, left_category
with last_lawful as (
  select death.person_id, death.death_month, death.death_status, term.benefit, term.place,
    case term.ends_on_death
      when 'next_month' then death.death_month + interval '1 month'
      when 'period_end' then
        case term.accrual
          when 'quarter' then date_trunc('quarter', death.death_month) + interval '2 month'
          when 'year' then date_trunc('year', death.death_month) + interval '11 month'
          else death.death_month
        end
      else death.death_month
    end as month
  from work.death death cross join reference.term term
  where death.certified and term.lawful_after_death <> 'true'
)
select r.rule_id, m.person_id, m.month,
  m.benefit as left_benefit, m.county as left_county, m.category as left_category, m.amount as left_amount,
  cast('death' as varchar) as right_benefit, cast(null as varchar) as right_county, cast(null as varchar) as right_category,
  cast(null as decimal(18, 2)) as right_amount,
  m.amount as at_risk,
  case when m.link_grade <> 'id' or last_lawful.death_status <> 'dead' then 'review' else 'violation' end as at_most
from hub.benefit_month m
join last_lawful on last_lawful.person_id = m.person_id and last_lawful.benefit = m.benefit
  and last_lawful.month < m.month
join reference.rule_pair pair on pair.left_benefit = m.benefit and pair.right_benefit = 'death'
join reference.rule r on r.rule_id = pair.rule_id and r.type = 'status'
join reference.rule_place place on place.rule_id = r.rule_id
  and starts_with(m.county, place.place) and place.from_month <= m.month and m.month < place.until_month
where m.held
