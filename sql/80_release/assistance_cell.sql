-- Older people on social assistance, and their households: the finest cells. A household stands once in each scheme, with its
-- head, or, where the head is not counted, with the first of its older people.
-- schema: release · pass: whole · kept as: table
-- grain: region, scheme, area_class, support_mode, self_care, sex
-- privacy: counts of people, not protected; for the release alone
with ordered as (
  select a.*, row_number() over (
      partition by a.scheme, coalesce(a.household_id, -1 - a.person_id) order by a.is_head desc, a.person_id
    ) as place_in_household
  from work.assistance_person a
)
select region, scheme, area_class, support_mode, self_care, sex, count(*) as persons,
  count(*) filter (where place_in_household = 1) as households
from ordered group by region, scheme, area_class, support_mode, self_care, sex
