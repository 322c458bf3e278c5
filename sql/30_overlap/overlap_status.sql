-- Rules of type status: a benefit's month, or a service event, in a state that does not allow it: after the last month
-- that is lawful when the person has died, before the age at which the benefit starts, or before the first approval.
-- The terms of the nearest place count; where they leave a field empty, the mildest value.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: rule_id, person_id, month, left_benefit, left_county, left_category, right_benefit
with oldest_start as (
  select benefit, max(cast(start_age as bigint)) as age from reference.term where start_age <> '' group by benefit
),
first_month as (select min(month) as month from hub.benefit_month),
-- Whoever is too young for a benefit in the first of the months, which most people are for the benefits of the oldest. The
-- latest start is the next quarter after the birthday.
young as (
  select p.person_id, p.birth_month, oldest_start.benefit, oldest_start.age
  from hub.person p cross join oldest_start cross join first_month first
  where (extract(year from first.month) - extract(year from p.birth_month) - oldest_start.age) * 12
    + extract(month from first.month) - extract(month from p.birth_month) < 3
),
suspect as (
  select 'death' as ground, m.person_id, m.benefit, m.month, m.county, m.category, m.amount, m.link_grade,
    d.death_month as since, d.death_status <> 'dead' as is_unsure
  from work.death d join hub.benefit_month m on m.person_id = d.person_id
  where m.held and d.death_month < m.month
  union all
  select 'start_age', m.person_id, m.benefit, m.month, m.county, m.category, m.amount, m.link_grade, young.birth_month, false
  from young join hub.benefit_month m on m.person_id = young.person_id and m.benefit = young.benefit
  where m.held and (extract(year from m.month) - extract(year from young.birth_month) - young.age) * 12
    + extract(month from m.month) - extract(month from young.birth_month) < 3
),
-- The terms are those of a benefit, county and month, of which there are few, whoever is suspect.
needed as (select distinct benefit, county, month from suspect),
chosen as (
  select needed.benefit, needed.county, needed.month, term.accrual, term.starts, term.start_age, term.ends_on_death,
    term.lawful_after_death,
    row_number() over (
      partition by needed.benefit, needed.county, needed.month order by length(term.place) desc, term.from_month desc
    ) as choice
  from needed
  join reference.term term on term.benefit = needed.benefit and starts_with(needed.county, term.place)
    and term.from_month <= needed.month and needed.month < term.until_month
),
termed as (
  select suspect.*, chosen.accrual, chosen.starts, chosen.ends_on_death, chosen.lawful_after_death,
    cast(nullif(chosen.start_age, '') as bigint) as start_age,
    extract(year from suspect.month) * 12 + extract(month from suspect.month) - 1 as this_month,
    extract(year from suspect.since) * 12 + extract(month from suspect.since) - 1 as since_month
  from suspect
  join chosen on chosen.benefit = suspect.benefit and chosen.county = suspect.county and chosen.month = suspect.month
  where chosen.choice = 1
),
started as (
  select *,
    case ends_on_death
      when 'same_month' then since_month
      when 'next_month' then since_month + 1
      else
        case accrual
          when 'month' then since_month + case when ends_on_death = '' then 1 else 0 end
          when 'quarter' then since_month - since_month % 3 + 2
          else since_month - since_month % 12 + 11
        end
    end as last_month,
    since_month + start_age * 12 + case starts
      when 'next_month' then 1
      when 'next_quarter' then 3 - since_month % 3
      else 0
    end as first_month
  from termed
),
found as (
  select ground, person_id, benefit, month, county, category, amount, link_grade <> 'id' or is_unsure as is_weak
  from started
  where (ground = 'death' and lawful_after_death = 'false' and this_month > last_month)
    or (ground = 'start_age' and start_age is not null and this_month < case accrual
      when 'month' then first_month
      when 'quarter' then first_month - first_month % 3
      else first_month - first_month % 12
    end)
  union all
  select 'approval', person_id, benefit, month, county, category, amount, link_grade <> 'id' from work.paid_before_approval
  union all
  select ground, person_id, 'service_event', month, left_county, left_category, sum(at_risk), bool_or(is_weak)
  from work.event_hit where ground in ('death', 'approval', 'eligibility')
  group by ground, person_id, month, left_county, left_category
)
select r.rule_id, found.person_id, found.month,
  found.benefit as left_benefit, found.county as left_county, found.category as left_category, found.amount as left_amount,
  found.ground as right_benefit, cast(null as varchar) as right_county, cast(null as varchar) as right_category,
  cast(null as decimal(18, 2)) as right_amount,
  found.amount as at_risk,
  case when found.is_weak then 'review' else 'violation' end as at_most
from found
join reference.rule_pair pair on pair.left_benefit = found.benefit and pair.right_benefit = found.ground
join reference.rule r on r.rule_id = pair.rule_id and r.type = 'status'
join reference.rule_place place on place.rule_id = r.rule_id
  and starts_with(found.county, place.place) and place.from_month <= found.month and found.month < place.until_month
