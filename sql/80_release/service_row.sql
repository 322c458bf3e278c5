-- What everybody of the release was served in the year, by service but meals; asked through the guard alone.
-- schema: micro · pass: bucket · kept as: table
-- grain: person_id, service
-- privacy: one row a person and service, pseudonymous; for the guard alone
select s.person_id, s.service, s.category, coalesce(p.residence_county, 'unknown') as region, p.sex, p.age_band, p.urban_rural,
  cast(s.orders as bigint) as orders, cast(s.seconds / 60 as bigint) as minutes,
  cast(coalesce(s.subsidy, 0) as decimal(18, 2)) as subsidy, cast(coalesce(s.self_paid, 0) as decimal(18, 2)) as self_paid
from work.release_service s
join work.release_person p on p.person_id = s.person_id
where s.service <> '01'
