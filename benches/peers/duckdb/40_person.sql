-- Everybody, with the newest register row and what is known of a death.
create temp table death as
  select known.person_id, known.death_month,
    case
      when sign.seen_on >= known.death_month + interval 1 month then 'death_conflict'
      when known.rank <= 2 then 'dead'
      else 'death_unconfirmed'
    end as death_status,
    known.rank <= 2 as certified
  from (
    select person_id, min(rank) as rank, arg_min(month, (rank, month)) as death_month
    from death_evidence where month is not null group by person_id
  ) known
  left join sign_of_life sign using (person_id);

-- Of two registers the later update counts, then the one of the county that the person lives in.
create temp table register_day as
  select r.person_id, s.day, r.sex, r.birth_month, r.status, r.hukou_county, r.residence_county, r.residence_region,
    r.urban_rural
  from register r
  join snapshot_day s using (place, period_end)
  qualify row_number() over (
    partition by r.person_id, s.day
    order by r.updated_on desc nulls first, starts_with(r.residence_county, r.place) desc nulls first, r.delivery_id, r.row
  ) = 1;

copy (
  select p.person_id, p.sex, p.birth_month, r.hukou_county, r.residence_county, r.residence_region,
    r.urban_rural as residence_urban_rural, r.status as register_status, r.person_id is not null as in_register,
    d.death_month, coalesce(d.death_status, 'alive') as death_status
  from person p
  left join (select * from register_day where day = (select max(day) from snapshot_day)) r using (person_id)
  left join death d using (person_id)
) to (getvariable('out') || '/person.parquet');
