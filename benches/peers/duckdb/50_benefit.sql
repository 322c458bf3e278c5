-- Who had which benefit in which month, and what was booked twice.

-- A booking by name counts where no booking with the person's number is the same or makes the same month.
delete from booking
where link_grade = 1 and (
  (person_id, record_token) in (select (person_id, record_token) from booking where link_grade <> 1)
  or (person_id, benefit, month, county) in (select (person_id, benefit, month, county) from booking where link_grade <> 1)
);

-- Bookings under one record number are one booking; the first delivered counts.
create temp table repeat as
  select booking.rowid as booking_row
  from booking
  join (
    select person_id, record_token from booking where record_token is not null
    group by person_id, record_token having count(*) > 1
  ) using (person_id, record_token)
  qualify row_number() over (partition by person_id, record_token order by delivery_no, row) > 1;

create temp table booking_repeated as from booking where rowid in (from repeat);
delete from booking where rowid in (from repeat);

create macro grade_word(grade) as
  case grade when 0 then 'id_other_name' when 1 then 'name' when 2 then 'upgraded15' else 'id' end;

create temp table benefit_month as
  select person_id, benefit, month, county, category, true as is_booking, cast(sum(amount) as decimal(18, 2)) as amount,
    count(*) as bookings, min(link_grade) as link_grade, sum(amount) > 0 as held
  from booking
  group by all
  union all
  -- A yearly amount is spread over its months in fen, the remainder on January.
  select s.person_id, s.benefit, m.month, s.county, null, false,
    cast(max(case
      when s.is_yearly and month(m.month) = 1 then s.amount - 11 * cast(floor(s.amount * 100 / 12) / 100 as decimal(18, 2))
      when s.is_yearly then cast(floor(s.amount * 100 / 12) / 100 as decimal(18, 2))
      else s.amount
    end) as decimal(18, 2)),
    count(*), min(s.link_grade), true
  from spell s
  join snapshot_month m using (dataset, place, period_end)
  where s.from_month <= m.month and m.month <= coalesce(s.to_month, s.period_end)
  group by all;

copy (
  select person_id, benefit, month, county, category, case when is_booking then 'booking' else 'spell' end as form, amount,
    bookings, grade_word(link_grade) as link_grade, held
  from benefit_month
) to (getvariable('out') || '/benefit_month.parquet');

copy (
  select 'repeat' as kind, person_id, benefit, month, county, category, amount, count(*) as extra_rows,
    cast(null as decimal(18, 2)) as paid_again
  from booking_repeated group by all
  union all
  select 'paid_twice', person_id, benefit, month, county, category, amount, count(*) - 1,
    cast(amount * (count(*) - 1) as decimal(18, 2))
  from booking b
  semi join (select person_id, benefit, month, county from benefit_month where is_booking and bookings > 1) m
    using (person_id, benefit, month, county)
  anti join (select person_id, benefit, month, county from booking where row_type = 'reversal' or amount < 0) r
    using (person_id, benefit, month, county)
  where row_type = 'normal' and amount > 0 and record_token is not null
  group by person_id, benefit, month, county, category, amount
  having count(*) > 1
) to (getvariable('out') || '/duplicate_payment.parquet');
