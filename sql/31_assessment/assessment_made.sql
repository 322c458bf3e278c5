-- Every assessment of a person with what its level means on the common order of severity; the numbers of two scales are
-- never compared. It speaks from the month in which it was made until the month of its last day, or the one before the
-- next assessment; of two on one day the one that found more need. One of a scale without a meaning replaces none.
-- Assessments are recognised wherever they were made (内蒙古 二（二）4, 「全区范围互认」).
-- schema: work · pass: bucket · kept as: memory
-- grain: none (one row per delivered assessment)
with several as (select person_id from work.assessment_scaled group by person_id having count(*) > 1),
ordered as (
  select a.*,
    lead(from_no) over (
      partition by a.person_id, severity is null order by assessed_on, severity_rank, dataset, delivery_id, row
    ) as next_no,
    lead(from_no) over (
      partition by a.person_id, standard order by assessed_on, severity_rank, dataset, delivery_id, row
    ) as next_of_standard_no,
    lag(assessed_on) over (
      partition by a.person_id, standard order by assessed_on, severity_rank, dataset, delivery_id, row
    ) as before_on,
    lag(last_no) over (
      partition by a.person_id, standard order by assessed_on, severity_rank, dataset, delivery_id, row
    ) as before_last_no,
    lag(severity_rank) over (
      partition by a.person_id, standard order by assessed_on, severity_rank, dataset, delivery_id, row
    ) as before_rank
  from work.assessment_scaled a join several on several.person_id = a.person_id
),
followed as (
  select * from ordered
  union all
  -- Of whom there is one alone, nothing comes before or after.
  select a.*, null, null, null, null, null
  from work.assessment_scaled a left join several on several.person_id = a.person_id
  where several.person_id is null
)
select person_id, standard, level, severity, severity_rank, is_payable, dementia, assessed_on,
  -- Without a last day of its own it holds to the end of the last month.
  coalesce(valid_to, cast(make_date(cast(last_no / 12 as int), cast(last_no % 12 + 1 as int), 1) - interval '1 day' as date))
    as valid_to,
  from_no, least(last_no, coalesce(next_no, last_no)) as until_no,
  least(last_no, coalesce(next_of_standard_no, last_no)) as until_of_standard_no,
  next_no is null as is_latest,
  case when from_no < before_last_no then before_on end as repeats_on,
  from_no < before_last_no and severity_rank is distinct from before_rank as is_change,
  region, place, dataset, delivery_id, row
from followed
