-- Days that a provider of services cannot have had (X39): more hours than its staff could give if each carer on record were
-- at work for as long as the rule says, or as many events in one minute as the rule calls a crowd. A provider without
-- carers on record is not judged by hours. An event counts on the day on which it begins; who is employed is what the
-- snapshot read for the month says, which has no day of leaving: a question to the provider, never a finding against it.
-- `found` and `possible` are minutes, or events in one minute.
-- schema: hub · pass: whole · kept as: table
-- grain: rule_id, evidence, day, provider_code
-- privacy: no people
with unnumbered as (
  select distinct e.provider_code, e.record_token, to_timestamp_seconds(e.started_at) as started_at,
    to_timestamp_seconds(e.ended_at) as ended_at, c.county
  from unnumbered.service_event e join reference.region_county c on c.code = substr(e.region, 1, 6)
  where e.service <> '13'
),
part as (
  select provider_code, minute, county, events, seconds from work.provider_minute
  union all
  select provider_code, date_trunc('minute', started_at), county, 1,
    coalesce(cast(ended_at as bigint) - cast(started_at as bigint), 0)
  from unnumbered
),
begun as (
  select provider_code, minute, min(county) as county, sum(events) as events, sum(seconds) as seconds
  from part group by provider_code, minute
),
day as (
  select provider_code, cast(minute as date) as day, min(county) as county, sum(events) as events,
    max(events) as in_one_minute, sum(seconds) / 60 as minutes
  from begun group by provider_code, cast(minute as date)
),
staff as (
  select m.month, w.facility_code as provider_code, count(*) as carers
  from staged.care_worker w
  join reference.snapshot_month m on m.dataset = 'care_worker' and m.place = w.place and m.period_end = w.period_end
  where w.employed and coalesce(w.since, m.month) < m.month + interval '1 month'
  group by m.month, w.facility_code
),
judged as (
  select rule.rule_id, limited.evidence, day.day, day.county, day.provider_code, day.events, staff.carers,
    case limited.evidence when 'staff_hours' then day.minutes else day.in_one_minute end as found,
    case limited.evidence when 'staff_hours' then staff.carers * limited.number * 60 else limited.number - 1 end as possible
  from day
  join reference.rule_limit limited on true
  join reference.rule rule on rule.rule_id = limited.rule_id
  join reference.rule_place place on place.rule_id = rule.rule_id and starts_with(day.county, place.place)
    and place.from_month <= day.day and day.day < place.until_month
  left join staff on staff.provider_code = day.provider_code
    and staff.month = cast(date_trunc('month', day.day) as date)
)
select rule_id, evidence, day, county, provider_code, events, carers, cast(found as bigint) as found,
  cast(possible as bigint) as possible
from judged where found > possible
