-- Which two ID numbers an office said are one person's, and which are not, with the ordinal of the shared name under each.
-- schema: work · pass: first · kept as: table
-- grain: lower_id, higher_id
select namesake.lower_id, namesake.higher_id, namesake.lower_ordinal, namesake.higher_ordinal,
  candidate.status = 'same_person' as is_same
from hub.link_candidate candidate
join spine.namesake namesake on namesake.candidate_id = candidate.candidate_id
where candidate.status in ('same_person', 'different_person')
