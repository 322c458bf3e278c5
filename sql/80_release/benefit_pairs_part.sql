-- Counted people who hold two monthly benefits in December, for each pair, within one bucket.
-- schema: work · pass: bucket · kept as: table
-- grain: region, pair
with held as (
  select person_id, residence, benefit from work.release_recipient
  where in_december and benefit not in ('MZ06', 'MZ13', 'MZ15', 'MZ19', 'WJ02')
)
select one.residence as region, one.benefit || '+' || other.benefit as pair, count(*) as persons
from held one join held other on other.person_id = one.person_id and one.benefit < other.benefit
group by one.residence, one.benefit || '+' || other.benefit
