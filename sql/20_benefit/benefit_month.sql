-- Who had which benefit in which month, where and in which category; held means money is left or the spell covers it.
-- The grade is the weakest of the rows; those linked by name make months of their own, which no row with a number makes.
-- schema: hub · pass: bucket · kept as: table · months: own
-- grain: month, person_id, benefit, county, category
-- privacy: pseudonymous
select person_id, benefit, month, county, category, 'booking' as form, cast(sum(amount) as decimal(18, 2)) as amount,
  count(*) as bookings,
  case min(case link_grade when 'id_other_name' then 0 when 'name' then 1 when 'upgraded15' then 2 else 3 end)
    when 0 then 'id_other_name' when 1 then 'name' when 2 then 'upgraded15' else 'id'
  end as link_grade,
  sum(amount) > 0 as held
from work.booking_kept
group by person_id, benefit, month, county, category
union all
select person_id, benefit, month, county, category, 'spell', cast(max(amount) as decimal(18, 2)), count(*),
  case min(case link_grade when 'id_other_name' then 0 when 'name' then 1 when 'upgraded15' then 2 else 3 end)
    when 0 then 'id_other_name' when 1 then 'name' when 2 then 'upgraded15' else 'id'
  end, true
from work.spell_month
group by person_id, benefit, month, county, category
