//! Settlement: shares add up to what is payable to the fen, and the check of the run sees it where they do not.

use std::fs;
use std::path::Path;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use datafusion::prelude::SessionContext;

use crate::fixture::{new_folder, shared};
use crate::slt::{session, view_of};

/// Ten thousand settlements of 1 to 10,000 fen and as many below zero, in two months and two places.
const WORLD: [&str; 8] = [
    "create schema work",
    "create schema hub",
    "create schema staged",
    "create schema unnumbered",
    "create schema reference",
    "create table work.settled as select case value % 2 when 0 then date '2025-01-01' else date '2025-02-01' end as month, \
     case value % 3 when 0 then '371502' else '150104' end as county, 'P' || cast(value as varchar) as provider_code, \
     'MZ11' as benefit, '02' as service, 'payable' as outcome, true as is_proven, 1 as events, \
     cast(value * 0.01 as decimal(18, 2)) as amount, cast(value * 0.01 as decimal(18, 2)) as within_rate, 0 as misstated \
     from unnest(range(-10000, 10000)) as t(value)",
    "create table hub.settlement_finding as select 'd' as delivery_id, 1 as row, date '2025-01-01' as month, '150104' as county, \
     'P1' as provider_code, 'MZ11' as benefit, cast(1 as decimal(18, 2)) as amount, 'review' as severity",
    "create table reference.funding_share as select benefit, place, province, city, county, odd_fen_to, \
     date '1900-01-01' as from_month, date '9999-01-01' as until_month from (values \
     ('MZ11', '150104', 0, 1, 1, 'county'), ('MZ11', '3715', 3, 2, 2, 'city')) \
     as t(benefit, place, province, city, county, odd_fen_to)",
];
const EVENTS: [&str; 4] = [
    "create table work.served_month as select *, 1 as person_id from work.settled",
    "create table work.served_count as select *, 1 as persons from work.settled",
    "create table reference.region_county as select '150104' as code, '150104' as county",
    "create table unnumbered.service_event as select timestamp '2025-01-01 00:00:00' as started_at, \
     cast(1 as decimal(18, 2)) as subsidy, '520327001' as region, '02' as service",
];

async fn execute(session: &SessionContext, statement: &str) {
    session.sql(statement).await.unwrap().collect().await.unwrap();
}

/// What the shipped check says: `seen`, `must_see`, `bad`.
async fn check(session: &SessionContext) -> [i64; 3] {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sql/checks/settlement_shares.sql");
    let batches = session.sql(&fs::read_to_string(file).unwrap()).await.unwrap().collect().await.unwrap();
    ["seen", "must_see", "bad"]
        .map(|name| batches[0].column_by_name(name).unwrap().as_primitive::<Int64Type>().value(0))
}

#[tokio::test]
async fn shares_add_up_to_payable_to_the_fen_and_the_check_sees_where_they_do_not() {
    let session = session(new_folder("settlement"));
    for statement in WORLD.iter().chain(&EVENTS) {
        execute(&session, statement).await;
    }
    let [_, view] = view_of("settlement");
    execute(&session, &view.replace("create view hub.settlement as", "create table hub.settlement as")).await;
    assert_eq!(check(&session).await, [20_000, 20_000, 0]);

    execute(&session, "create table hub.kept as select * from hub.settlement").await;
    for (change, bad) in [
        // A fen that nobody pays: one settlement.
        ("case when provider_code = 'P7' then county_share - 0.01 else county_share end as county_share", 1),
        // A settlement that lost an amount: itself, and its month.
        ("case when provider_code = 'P7' then amount - 1 else amount end as amount", 2),
    ] {
        let column = change.rsplit(' ').next().unwrap();
        execute(&session, "drop table hub.settlement").await;
        let tampered = format!("create table hub.settlement as select * except ({column}), {change} from hub.kept");
        execute(&session, &tampered).await;
        assert_eq!(check(&session).await[2], bad, "{change}");
    }
    execute(&session, "drop table hub.settlement").await;
    execute(&session, "create table hub.settlement as select * from hub.kept where provider_code <> 'P7'").await;
    let [seen, must_see, bad] = check(&session).await;
    assert!(seen < must_see && bad > 0, "a lost settlement is seen: {seen} of {must_see}, {bad}");
}

#[test]
fn the_invented_world_settles_every_month_and_the_platform_differs_where_it_billed_more() {
    let chain = shared();
    let one = |query: &str| chain.offices.sql("operator", query).unwrap()[0].clone();
    let months = one("select count(distinct month) as months, count(*) as settlements, \
         count(*) filter (where province_share + city_share + county_share <> payable) as wrong, \
         count(*) filter (where payable > 0 and county_share - city_share not in (0, 0.01)) as unequal from hub.settlement");
    assert!(months["months"].as_u64().unwrap() > 6 && months["settlements"].as_u64().unwrap() > 20, "{months}");
    assert_eq!((months["wrong"].as_u64(), months["unequal"].as_u64()), (Some(0), Some(0)), "{months}");
    let platform = one(
        "select count(*) filter (where beyond_events = 90) as more, count(*) filter (where finding = 'equal') as equal, \
         count(*) as lines from hub.settlement_difference",
    );
    assert!(platform["equal"].as_u64().unwrap() > platform["lines"].as_u64().unwrap() / 2, "{platform}");
}

#[test]
fn the_invented_world_answers_targets_and_disability() {
    let chain = shared();
    let one = |query: &str| chain.offices.sql("operator", query).unwrap()[0].clone();
    let targets =
        one("select count(*) as lines, count(*) filter (where state = 'missing' and value is null) as missing, \
         count(*) filter (where value is not null) as answered from hub.kpi");
    assert!(targets["lines"].as_u64().unwrap() > 45 && targets["missing"].as_u64().unwrap() > 10, "{targets}");
    let disabled = one("select count(*) as people, count(*) filter (where month is not null) as judged, \
         count(*) filter (where nursing_state = 'due_paid') as paid from hub.disability");
    assert!(disabled["people"].as_u64().unwrap() > 50, "{disabled}");
    assert!(disabled["judged"].as_u64().unwrap() > 50 && disabled["paid"].as_u64().unwrap() > 0, "{disabled}");
}

#[test]
fn the_monthly_monitor_is_a_workbook_and_a_month_that_nobody_knows_is_none() {
    let chain = shared();
    let folder = new_folder("report");
    let report = |month: &str, name: &str| {
        let (hub, file) = (chain.offices.hub().display().to_string(), folder.join(name).display().to_string());
        chain.offices.programs().run("yilian", ["report", month, "--site", &hub, "--out", &file])
    };
    report("2025-03", "one.xlsx").unwrap();
    report("2025-03", "two.xlsx").unwrap();
    let bytes = fs::read(folder.join("one.xlsx")).unwrap();
    assert!(bytes.starts_with(b"PK") && bytes.len() > 5_000, "{} bytes", bytes.len());
    assert_eq!(bytes, fs::read(folder.join("two.xlsx")).unwrap(), "one publication gives one workbook");
    for month in ["1999-01", "2025-13"] {
        assert!(report(month, "none.xlsx").is_err(), "{month}");
    }
    assert!(!folder.join("none.xlsx").exists());
}
