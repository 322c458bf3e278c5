-- People who were entitled and received nothing in months of the year, as far as no office answered that it is none: the
-- finest cells. For internal use. The region is the county where the person lives.
-- schema: release · pass: whole · kept as: table
-- grain: region, gap, category
-- privacy: counts of people, not protected; for the release alone
select coalesce(p.residence_county, 'unknown') as region, g.gap_kind as gap, coalesce(g.category, 'none') as category,
  count(distinct g.person_id) as persons
from hub.gap g
join work.released_year y on g.from_month <= y.december and y.january <= g.until_month
join hub.person p on p.person_id = g.person_id
where g.status <> 'closed'
group by coalesce(p.residence_county, 'unknown'), g.gap_kind, coalesce(g.category, 'none')
