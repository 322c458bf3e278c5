-- The four statistics, as true values: what is too small to publish is withheld by nobody here.

create temp table counted_person as
  select y.year, r.person_id, r.sex, b.age_band, r.hukou_county, r.residence_county
  from register_day r
  join year y on y.day = r.day
  join age_band b on year(y.day) - year(r.birth_month) between b.from_age and b.until_age
  anti join (from death where certified) d on d.person_id = r.person_id and d.death_month <= y.day
  where r.status = 'active';

create temp table sex as from (values ('1'), ('2'), ('total')) t (sex);
create temp table band as select age_band from age_band union all values ('total');

copy (
  with counted as (
    select year, 'residence' as base, coalesce(residence_county, 'unknown') as region, sex, age_band, count(*) as persons
    from counted_person group by all
    union all
    select year, 'hukou', coalesce(hukou_county, 'unknown'), sex, age_band, count(*)
    from counted_person group by all
  ),
  cell as (
    select year, base, coalesce(region, 'total') as region, coalesce(sex, 'total') as sex,
      coalesce(age_band, 'total') as age_band, sum(persons) as persons
    from counted
    group by year, base, cube (region, sex, age_band)
  )
  select g.year, g.base, g.region, sex.sex, band.age_band, cast(coalesce(cell.persons, 0) as bigint) as persons,
    here.is_complete
  from (select distinct year, base, region from cell) g
  cross join sex
  cross join band
  join dataset_year here on here.dataset = 'elder_register' and here.year = g.year
  left join cell on cell.year = g.year and cell.base = g.base and cell.region = g.region and cell.sex = sex.sex
    and cell.age_band = band.age_band
) to (getvariable('out') || '/population.parquet');

-- A month that a name alone links to the person counts nobody.
create temp table recipient as
  with held as (
    select year(month) as year, person_id, benefit, bit_or(1 << month(month)) as months, sum(amount) as amount,
      coalesce(sum(amount) filter (where month(month) = 12), 0) as december_amount
    from benefit_month
    where held and link_grade <> 'name'
    group by all
  )
  select held.year, held.person_id, held.benefit, p.sex, b.age_band,
    coalesce(r.residence_county, 'unknown') as region, bit_count(held.months) as months, held.amount,
    (held.months & (1 << 12)) <> 0 and d.person_id is null as in_december,
    case when d.person_id is null then held.december_amount else 0 end as december_amount
  from held
  join year y using (year)
  join person p using (person_id)
  join age_band b on held.year - year(p.birth_month) between b.from_age and b.until_age
  left join register_day r on r.person_id = held.person_id and r.day = y.day
  left join death d on d.person_id = held.person_id and d.certified and d.death_month <= y.day;

copy (
  with counted as (
    select year, benefit, region, sex, age_band, count(*) filter (where in_december) as persons_in_december,
      count(*) as persons_in_year, sum(months) as person_months, sum(amount) as amount
    from recipient
    group by all
  ),
  cell as (
    select year, benefit, coalesce(region, 'total') as region, coalesce(sex, 'total') as sex,
      coalesce(age_band, 'total') as age_band, sum(persons_in_december) as persons_in_december,
      sum(persons_in_year) as persons_in_year, sum(person_months) as person_months, sum(amount) as amount
    from counted
    group by year, benefit, cube (region, sex, age_band)
  )
  select g.year, benefit.benefit, g.region, sex.sex, band.age_band,
    cast(coalesce(cell.persons_in_december, 0) as bigint) as persons_in_december,
    cast(coalesce(cell.persons_in_year, 0) as bigint) as persons_in_year,
    cast(coalesce(cell.person_months, 0) as bigint) as person_months,
    case when cell.year is null then 0 else cast(cell.amount as decimal(18, 2)) end as amount,
    here.is_complete
  from (select distinct year, region from cell) g
  cross join benefit
  cross join sex
  cross join band
  join dataset_year here on here.dataset = benefit.dataset and here.year = g.year
  left join cell on cell.year = g.year and cell.benefit = benefit.benefit and cell.region = g.region and cell.sex = sex.sex
    and cell.age_band = band.age_band
) to (getvariable('out') || '/benefit_recipients.parquet');

copy (
  with december as (
    select year, region, person_id, benefit, december_amount
    from recipient
    where in_december and benefit in ('MZ01', 'MZ02', 'MZ03', 'MZ04')
  ),
  cell as (
    select year, coalesce(region, 'total') as region, benefit as roll, count(*) as persons, sum(december_amount) as amount
    from december group by grouping sets ((year, region, benefit), (year, benefit))
    union all
    select year, coalesce(region, 'total'), 'sum_of_rolls', count(*), sum(december_amount)
    from december group by grouping sets ((year, region), (year))
    union all
    select year, coalesce(region, 'total'), 'distinct_persons', count(distinct person_id), sum(december_amount)
    from december group by grouping sets ((year, region), (year))
  )
  select g.year, g.region, roll.roll, coalesce(cell.persons, 0) as persons,
    cast(coalesce(cell.amount, 0) as decimal(18, 2)) as amount, here.is_complete
  from (select distinct year, region from cell) g
  cross join (values ('MZ01'), ('MZ02'), ('MZ03'), ('MZ04'), ('sum_of_rolls'), ('distinct_persons')) roll (roll)
  join dataset_year here on here.dataset = 'benefit_payment' and here.year = g.year
  left join cell on cell.year = g.year and cell.region = g.region and cell.roll = roll.roll
) to (getvariable('out') || '/old_age_subsidy.parquet');

copy (
  select rule.rule_id, severity.severity, count(distinct overlap.person_id) as persons, count(overlap.person_id) as flags,
    cast(coalesce(sum(overlap.at_risk), 0) as decimal(18, 2)) as at_risk
  from rule
  cross join (values ('violation'), ('review'), ('info')) severity (severity)
  left join overlap on overlap.rule_id = rule.rule_id and overlap.severity = severity.severity
  group by all
) to (getvariable('out') || '/overlap_summary.parquet');
