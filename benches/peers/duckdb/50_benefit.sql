-- Who had which benefit in which month, and what was booked twice.

-- A booking by name counts where no booking with the person's number is the same or makes the same month.
create temp table set_aside as
  select distinct named.booking_row
  from booking b
  join (select *, rowid as booking_row from booking where link_grade = 1) named using (person_id)
  where b.link_grade <> 1
    and (b.record = named.record or (b.benefit = named.benefit and b.month = named.month and b.county = named.county));
delete from booking where rowid in (from set_aside);

-- Bookings under one record number are one booking; the first delivered counts.
create temp table repeat as
  select b.rowid as booking_row
  from booking b
  semi join (
    select person_id, record from booking where record is not null group by all having count(*) > 1
  ) several using (person_id, record)
  qualify row_number() over (partition by b.person_id, b.record order by b.delivery_no, b.row) > 1;
create temp table booking_repeated as from booking where rowid in (from repeat);
delete from booking where rowid in (from repeat);

create macro grade_word(grade) as
  case grade when 0 then 'id_other_name' when 1 then 'name' when 2 then 'upgraded15' else 'id' end;

copy (
  select person_id, benefit, month, county, category, 'booking' as form, cast(sum(amount) as decimal(18, 2)) as amount,
    count(*) as bookings, grade_word(min(link_grade)) as link_grade, sum(amount) > 0 as held
  from booking
  group by all
  union all
  -- A yearly amount is spread over its months in fen, the remainder on January.
  select s.person_id, s.benefit, m.month, s.county, null, 'spell',
    cast(max(case
      when s.is_yearly and month(m.month) = 1 then s.amount - 11 * cast(floor(s.amount * 100 / 12) / 100 as decimal(18, 2))
      when s.is_yearly then cast(floor(s.amount * 100 / 12) / 100 as decimal(18, 2))
      else s.amount
    end) as decimal(18, 2)),
    count(*), grade_word(min(s.link_grade)), true
  from spell s
  join snapshot_month m using (dataset, place, period_end)
  where s.from_month <= m.month and m.month <= coalesce(s.to_month, s.period_end)
  group by all
) to (getvariable('out') || '/benefit_month.parquet');
-- What is written is read back by what follows: it is smaller there than in memory.
create view benefit_month as from read_parquet(getvariable('out') || '/benefit_month.parquet');

copy (
  select 'repeat' as kind, person_id, benefit, month, county, category, amount, count(*) as extra_rows,
    cast(null as decimal(18, 2)) as paid_again
  from booking_repeated group by all
  union all
  select 'paid_twice', person_id, benefit, month, county, category, amount, count(*) - 1,
    cast(amount * (count(*) - 1) as decimal(18, 2))
  from booking b
  semi join (
    select person_id, cast(benefit as benefit) as benefit, month, cast(county as county) as county
    from benefit_month where form = 'booking' and bookings > 1
  ) m using (person_id, benefit, month, county)
  anti join (select person_id, benefit, month, county from booking where row_type = 'reversal' or amount < 0) r
    using (person_id, benefit, month, county)
  where row_type = 'normal' and amount > 0 and record is not null
  group by person_id, benefit, month, county, category, amount
  having count(*) > 1
) to (getvariable('out') || '/duplicate_payment.parquet');
drop table booking;
