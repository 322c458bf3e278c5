-- How many of those who are eligible for a programme draw it, by township of residence (玉泉区 四（五） 「区民政局已将“六类人群”
-- 居家上门和助餐服务纳入乡镇、街道办事处绩效考核指标评价体系」). A month that cannot be judged has no row.
-- schema: hub · pass: whole · kept as: table
-- grain: benefit, county, township, month
-- privacy: counts of people, not protected; for operators
select benefit, case benefit when 'MZ11' then 'home_service_covered' else 'meals_covered' end as indicator, county, township, month,
  cast(sum(persons) as bigint) as persons, cast(sum(covered) as bigint) as covered,
  cast(sum(covered) * 10000 / sum(persons) as bigint) as per_10000
from work.category_count
group by benefit, county, township, month
