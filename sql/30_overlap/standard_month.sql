-- The rates in force where a benefit is paid that they limit, or subsistence allowance, to a candidate, and where one is
-- booked twice that may be paid in instalments; the row of the nearest place counts, of two of one place the higher.
-- schema: work · pass: bucket · kept as: memory · months: own
-- grain: county, month, standard
with limited as (
  select pair.left_benefit as benefit
  from reference.rule_standard standard join reference.rule_pair pair on pair.rule_id = standard.rule_id
  union
  select 'MZ05'
),
needed as (
  select side.county, side.month from work.side side join limited on limited.benefit = side.benefit
  union
  select t.county, t.month from work.paid_twice t join reference.rule_instalment i on i.benefit = t.benefit
),
ranked as (
  select needed.county, needed.month, rate.standard, cast(rate.amount as decimal(18, 2)) as amount,
    row_number() over (
      partition by needed.county, needed.month, rate.standard
      order by length(rate.place) desc, cast(rate.amount as decimal(18, 2)) desc
    ) as choice
  from needed
  join reference.standard_amount rate on starts_with(needed.county, rate.place)
    and rate.from_month <= needed.month and needed.month < rate.until_month
)
select county, month, standard, amount from ranked where choice = 1
