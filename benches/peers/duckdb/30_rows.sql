-- The rows that the tables rest on, with integers for tokens. `link_grade` says on what a row's link rests, the weakest
-- first: 0 another name than the person's main one, 1 a name alone, 2 a number of 15 digits, 3 a number.
create macro linked(dataset) as table
  select r.* exclude (person_token, name_token), coalesce(p.person_id, b.person_id) as person_id,
    cast(case
      when o.person_id is not null then 0
      when p.person_id is null then 1
      when r.id_quality = 'upgraded15' then 2
      else 3
    end as utinyint) as link_grade,
    d.delivery_no, d.place, d.period_end
  from query_table('delivered_' || dataset) r
  join delivery d on d.filename = r.filename
  left join person p on p.person_token = r.person_token
  left join bearer b on b.name_token = case when r.person_token is null then r.name_token end
  left join other_name o on o.person_id = p.person_id and o.name_token = case when p.has_several_names then r.name_token end
  where p.person_id is not null or b.person_id is not null;

-- Of a record token the engine's hash of 64 bits is kept: it is compared among one person's bookings alone.
create temp table booking as
  select person_id, cast(benefit as benefit) as benefit, month, c.county, cast(category as category) as category, amount,
    coalesce(row_type, 'normal') as row_type, case when record_token is not null then hash(record_token) end as record,
    link_grade, delivery_no, row
  from (
    select person_id, benefit, month, region, category, amount, row_type, record_token, link_grade, delivery_no, row
    from linked('benefit_payment')
    union all
    select person_id, scheme, month, pool_region, null, amount, row_type, record_token, link_grade, delivery_no, row
    from linked('pension_payment')
    union all
    select person_id, 'YB01', month, pool_region, null, amount, null, null, link_grade, delivery_no, row
    from linked('ltci_benefit')
    union all
    select person_id, 'RS03', month, pool_region, null, amount, null, null, link_grade, delivery_no, row
    from linked('work_injury_care')
  ) r
  join region_county c on c.code = r.region[1:6];

-- The amount of MZ05 is the household's and so no person's; who stands on its roll as the family of one who is covered
-- alone does not have it. What makes a row by name give way is `rival`: rows with a number that speak of the same.
create temp table spell as
  with delivered as (
    select person_id, benefit, benefit as rival, from_month, to_month, region,
      case when benefit <> 'MZ05' then monthly_amount end as amount, false as is_yearly, link_grade,
      'assistance_roll' as dataset, place, period_end,
      benefit <> 'MZ05' or cover = 'household' or guaranteed or (cover is null and guaranteed is null) as counts
    from linked('assistance_roll')
    union all
    select person_id, case when kind = 'reward' then 'WJ02' else 'WJ01' end as benefit, benefit, from_month, to_month, region,
      amount, period = 'year', link_grade, 'family_planning_support', place, period_end, true
    from linked('family_planning_support')
    union all
    select person_id, 'CL04', 'CL04', from_month, to_month, region, amount, false, link_grade, 'day_care', place, period_end,
      true
    from linked('day_care')
  )
  select s.* exclude (benefit, rival, region, counts), cast(s.benefit as benefit) as benefit, c.county
  from delivered s
  join region_county c on c.code = s.region[1:6]
  where s.counts
    and (s.link_grade <> 1 or not exists (
      from delivered own where own.link_grade <> 1 and own.person_id = s.person_id and own.rival = s.rival
    ));

create temp table register as
  select r.person_id, r.place, r.period_end, r.sex, r.birth_month, r.status, r.updated_on,
    cast(hukou.county as varchar) as hukou_county, cast(residence.county as varchar) as residence_county, r.residence_region, r.residence_region_urban_rural as urban_rural,
    d.delivery_id, r.row
  from linked('elder_register') r
  join delivery d using (delivery_no)
  left join region_county hukou on hukou.code = r.hukou_region[1:6]
  left join region_county residence on residence.code = r.residence_region[1:6]
  where r.link_grade <> 1;

-- Deaths: 1 a certificate, 2 a cremation, 3 a stop with reason death, 4 the register's status.
create temp table death_evidence as
  select person_id, 1 as rank, death_month as month from linked('death_certificate') where link_grade = 3
  union all
  select person_id, 2, death_month from linked('funeral') where link_grade = 3
  union all
  select person_id, 3, cast(date_trunc('month', stopped_on) as date) from linked('pension_status')
  where link_grade in (2, 3) and stop_reason = 'death'
  union all
  select person_id, 3, cast(date_trunc('month', stopped_on) as date) from linked('enrolment')
  where link_grade in (2, 3) and stop_reason = 'death'
  union all
  select person_id, 4, cast(date_trunc('month', updated_on) as date) from linked('elder_register')
  where link_grade in (2, 3) and status = 'dead';

create temp table sign_of_life as
  select person_id, max(seen_on) as seen_on
  from (
    select person_id, assessed_on as seen_on from linked('ability_assessment') where link_grade <> 1
    union all select person_id, assessed_on from linked('ltci_assessment') where link_grade <> 1
    union all select person_id, admitted_on from linked('institution_stay') where link_grade <> 1
    union all select person_id, admitted_on from linked('inpatient_stay') where link_grade <> 1
    union all
    select person_id, cast(make_timestamp(started_at * 1000000) as date) from linked('service_event')
    where link_grade <> 1 and service = '13'
  )
  where person_id in (select person_id from death_evidence where month is not null)
  group by person_id;
