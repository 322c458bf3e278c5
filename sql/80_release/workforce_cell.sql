-- Care workers employed on 31 December by certificate: the finest cells. One row of the snapshot is one worker.
-- schema: release · pass: whole · kept as: table
-- grain: region, certificate_level
-- privacy: counts of people, not protected; for the release alone
select region, certificate_level, cast(sum(workers) as bigint) as workers, cast(sum(certified) as bigint) as certified,
  cast(sum(professionals) as bigint) as professionals
from release.workforce_operator_cell group by region, certificate_level
