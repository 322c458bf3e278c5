-- The reference tables, and enums for bookings: a group-by of small numbers is faster than one of texts.
create macro reference(name) as table
  from read_csv(getvariable('reference') || '/' || name || '.csv', all_varchar = true, nullstr = '', header = true);

create type benefit as enum (select benefit from reference('benefit') order by benefit);
create type category as enum (
  select code from read_csv(getvariable('codes') || '/category.csv', all_varchar = true) order by code
);
create type county as enum (select distinct county from reference('region_county') order by county);

create temp table delivery as
  select cast(delivery_no as integer) as delivery_no, dataset, place, cast(period_end as date) as period_end, delivery_id,
    getvariable('deliveries') || '/' || file as filename
  from reference('delivery');
create temp table region_county as select code, cast(county as county) as county from reference('region_county');
create temp table benefit as
  select benefit, cast(bit as bigint) as bit, dataset from reference('benefit');
create temp table term as
  select benefit, coalesce(place, '') as place, cast(from_month as date) as from_month,
    cast(until_month as date) as until_month, coalesce(accrual, '') as accrual,
    coalesce(ends_on_death, '') as ends_on_death, coalesce(ends_on_move, '') as ends_on_move, lawful_after_death
  from reference('term');
create temp table rule as
  select rule_id, type, bars, severity, cast(one_month_is_info as boolean) as one_month_is_info,
    cast(from_month as date) as from_month, cast(until_month as date) as until_month
  from reference('rule');
create temp table rule_pair as from reference('rule_pair');
create temp table snapshot_month as
  select dataset, place, cast(period_end as date) as period_end, cast(month as date) as month
  from reference('snapshot_month');
create temp table snapshot_day as
  select place, cast(period_end as date) as period_end, cast(day as date) as day from reference('snapshot_day');
create temp table year as
  select cast(year as bigint) as year, make_date(cast(year as integer), 12, 31) as day from reference('year');
create temp table dataset_year as
  select dataset, cast(year as bigint) as year, cast(is_complete as boolean) as is_complete from reference('dataset_year');
create temp table age_band as
  select cast(from_age as integer) as from_age, cast(until_age as integer) as until_age, age_band from reference('age_band');
