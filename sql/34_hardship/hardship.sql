-- The register of 特殊困难老年人: who is in which group, on what evidence and since when. The groups are independent
-- flags; a person may be in several, on several grounds. Spells of one ground that touch are one.
-- schema: hub · pass: bucket · kept as: table
-- grain: person_id, hardship, circumstance, from_month
-- privacy: pseudonymous, sensitive
with spell as (
  select c.person_id, g.hardship, c.circumstance, c.from_no, c.until_no
  from work.circumstance c
  join reference.hardship_group g on g.circumstance = c.circumstance
  where c.from_no < c.until_no
),
-- Spells of which each touches every other are one; only the others are looked at one by one.
whole as (
  select person_id, hardship, circumstance, min(from_no) as from_no, max(until_no) as until_no,
    max(from_no) > min(until_no) as is_broken
  from spell group by person_id, hardship, circumstance
),
begun as (
  select spell.*,
    case
      when spell.from_no <= max(spell.until_no) over (
        partition by spell.person_id, spell.hardship, spell.circumstance order by spell.from_no, spell.until_no
        rows between unbounded preceding and 1 preceding
      ) then 0 else 1
    end as is_new
  from spell
  join whole on whole.person_id = spell.person_id and whole.hardship = spell.hardship
    and whole.circumstance = spell.circumstance and whole.is_broken
),
joined as (
  select begun.*, sum(is_new) over (
    partition by person_id, hardship, circumstance order by from_no, until_no rows unbounded preceding
  ) as island
  from begun
),
merged as (
  select person_id, hardship, circumstance, min(from_no) as from_no, max(until_no) as until_no
  from joined group by person_id, hardship, circumstance, island
  union all
  select person_id, hardship, circumstance, from_no, until_no from whole where not is_broken
),
subject as (
  select p.person_id, p.residence_county,
    cast(extract(year from p.birth_month) * 12 + extract(month from p.birth_month) - 1 as bigint) + 720 as sixty_no
  from hub.person p
  where p.death_status = 'alive' and p.register_status = 'active' and p.birth_month is not null
),
placed as (
  select s.person_id, m.hardship, m.circumstance, greatest(m.from_no, s.sixty_no) as from_no, m.until_no, s.residence_county
  from merged m
  join subject s on s.person_id = m.person_id
  join (select distinct hardship, place from reference.hardship_place) place
    on place.hardship = m.hardship and starts_with(s.residence_county, place.place)
  where s.sixty_no < m.until_no
)
select p.person_id, p.hardship, p.circumstance,
  make_date(cast(p.from_no / 12 as int), cast(p.from_no % 12 + 1 as int), 1) as from_month,
  -- The last month that a delivered row speaks of.
  make_date(cast((p.until_no - 1) / 12 as int), cast((p.until_no - 1) % 12 + 1 as int), 1) as until_month,
  p.residence_county as county,
  -- What an office wrote down as evidence of 独居, 空巢 and 留守; the other grounds are rows of a roll themselves.
  case when p.circumstance in ('alone', 'empty_nest', 'left_behind') then r.evidence else 'register' end as evidence,
  case when p.circumstance in ('alone', 'empty_nest', 'left_behind') then r.evidence_on end as evidence_on
from placed p
left join work.register_span r on r.person_id = p.person_id and r.from_no < p.until_no and p.until_no <= r.until_no
