//! 玉泉区 (document 004): one invented person for every combination of what the text asks about, in one query run, against
//! a plain reading of the text.
//!
//! The reading below was written from the Chinese text alone and shares nothing with the models but the facts of a person.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use datafusion::prelude::SessionContext;
use yilian_engine::{Engine, EngineOptions};
use yilian_pipeline::run::{Definition, tables_before_models};

use crate::fixture::new_folder;

/// The month that is asked about; its number is 2025 · 12 + 5.
const MONTH: &str = "2025-06-01";
const MONTH_NO: i64 = 2025 * 12 + 5;

/// What the text asks about.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each stands for a question of the text")]
struct Elder {
    /// Months of age beyond a whole number of years: −1, 0 or 1 around a birthday that the text names.
    age_months: i64,
    /// 0 能力完好, 1 轻度, 2 中度, 3 重度, 4 完全失能.
    level: i64,
    /// 失智: 0 none, 1 轻度, 2 中度, 3 重度.
    dementia: u8,
    hukou_here: bool,
    lives_here: bool,
    support: Support,
    living: Living,
    family: Family,
    merit: bool,
    stay: Stay,
    draws_insurance: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Support {
    None,
    LowIncome,
    Borderline,
    Dispersed,
    Central,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Living {
    WithFamily,
    Alone,
    EmptyNest,
    LeftBehind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Ordinary,
    ChildDead,
    ChildDisabled,
}

/// 入住机构享受护理补贴、家庭护理型床位运营补贴.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stay {
    Home,
    Institution,
    InstitutionWithNursingSubsidy,
    HomeWithNursingSubsidy,
    FamilyBed,
}

/// The document, clause by clause; slow and obvious.
mod text {
    use super::{Elder, Family, Living, Stay, Support};

    /// 三（一）: the category of the home service, before any exclusion.
    pub(super) fn home_service(elder: &Elder) -> Option<&'static str> {
        // 具有玉泉区户籍,且长期居住在玉泉区区域范围内年满60周岁的失能、半失能老人
        let base = elder.hukou_here && elder.lives_here && aged(elder, 60) && elder.level >= 1;
        if !base {
            return None;
        }
        // 1.65周岁以上城乡特困分散供养人员
        if aged(elder, 65) && elder.support == Support::Dispersed {
            return Some("H1");
        }
        let in_need = elder.support == Support::LowIncome || elder.support == Support::Borderline;
        // 2.80周岁以上城乡低保家庭及低保边缘家庭中的老人
        if aged(elder, 80) && in_need {
            return Some("H2");
        }
        // 3.城乡低保家庭及低保边缘家庭中的中度重度失能失智老人
        if in_need && moderate_or_more(elder) {
            return Some("H3");
        }
        // 4.70周岁及以上的计生特扶老人、独居老人
        if aged(elder, 70) && (elder.family != Family::Ordinary || elder.living == Living::Alone) {
            return Some("H4");
        }
        // 5.70周岁以上的市级以上劳动模范获得者、因公致残或见义勇为伤残等
        if aged(elder, 70) && elder.merit {
            return Some("H5");
        }
        // 6.90周岁以上老年人
        if aged(elder, 90) { Some("H6") } else { None }
    }

    /// 三（一）, last paragraph: 长期护理保险实施后,享受长期护理保险的人员不再享受.
    pub(super) fn barred_by_insurance(elder: &Elder) -> bool {
        elder.draws_insurance
    }

    /// 符合条件的中度失能失智、重度失能失智老人入住机构享受护理补贴、家庭护理型床位运营补贴的,不再享受, read as one
    /// condition and another.
    pub(super) fn barred_by_stay(elder: &Elder) -> bool {
        let subsidised_in_institution = elder.stay == Stay::InstitutionWithNursingSubsidy;
        moderate_or_more(elder) && (subsidised_in_institution || elder.stay == Stay::FamilyBed)
    }

    /// 三（二）: the category of the meal service; no exclusion is written for it.
    pub(super) fn meals(elder: &Elder) -> Option<&'static str> {
        // 具有玉泉区户籍,且长期居住在玉泉区区域范围内年满60周岁以上老人
        if !(elder.hukou_here && elder.lives_here && aged(elder, 60)) {
            return None;
        }
        // 1.60周岁以上城乡特困人员
        if elder.support == Support::Dispersed || elder.support == Support::Central {
            return Some("M1");
        }
        // 2.60周岁以上中度失能失智、重度失能失智老人
        if moderate_or_more(elder) {
            return Some("M2");
        }
        // 3.60周岁以上低保及低保边缘家庭中的人员
        if elder.support == Support::LowIncome || elder.support == Support::Borderline {
            return Some("M3");
        }
        // 4.60周岁以上空巢(留守)老人; who lives alone has an empty nest
        if elder.living != Living::WithFamily {
            return Some("M4");
        }
        // 5.60周岁以上失独老人
        if elder.family == Family::ChildDead {
            return Some("M5");
        }
        // 6.100周岁以上老人
        if aged(elder, 100) { Some("M6") } else { None }
    }

    /// 以上 and 及以上 include the number; the birthday's month counts.
    fn aged(elder: &Elder, years: i64) -> bool {
        elder.age_months >= years * 12
    }

    fn moderate_or_more(elder: &Elder) -> bool {
        elder.level >= 2 || elder.dementia >= 2
    }
}

fn everybody() -> Vec<Elder> {
    let ages: Vec<i64> =
        [60, 65, 70, 80, 90, 100].iter().flat_map(|years| [-1, 0, 1].map(|month| years * 12 + month)).collect();
    let mut elders = Vec::new();
    for &age_months in &ages {
        for level in 0..=4 {
            for dementia in [0, 1, 2] {
                for (hukou_here, lives_here) in [(true, true), (true, false), (false, true), (false, false)] {
                    for support in
                        [Support::None, Support::LowIncome, Support::Borderline, Support::Dispersed, Support::Central]
                    {
                        for living in [Living::WithFamily, Living::Alone, Living::EmptyNest, Living::LeftBehind] {
                            elders.extend(with_the_rest(Elder {
                                age_months,
                                level,
                                dementia,
                                hukou_here,
                                lives_here,
                                support,
                                living,
                                family: Family::Ordinary,
                                merit: false,
                                stay: Stay::Home,
                                draws_insurance: false,
                            }));
                        }
                    }
                }
            }
        }
    }
    elders
}

/// All of 特扶, merit, stay and insurance; away from here, where nothing of it matters, each alone.
fn with_the_rest(elder: Elder) -> Vec<Elder> {
    let here = elder.hukou_here && elder.lives_here;
    let mut elders = Vec::new();
    for family in [Family::Ordinary, Family::ChildDead, Family::ChildDisabled] {
        for merit in [false, true] {
            for stay in [
                Stay::Home,
                Stay::Institution,
                Stay::InstitutionWithNursingSubsidy,
                Stay::HomeWithNursingSubsidy,
                Stay::FamilyBed,
            ] {
                for draws_insurance in [false, true] {
                    let differences = usize::from(family != Family::Ordinary)
                        + usize::from(merit)
                        + usize::from(stay != Stay::Home)
                        + usize::from(draws_insurance);
                    if here || differences <= 1 {
                        elders.push(Elder { family, merit, stay, draws_insurance, ..elder });
                    }
                }
            }
        }
    }
    elders
}

/// What the models say: (person, benefit) → category, and the rule that is to be reviewed.
type Found = BTreeMap<(i64, String), (String, Option<String>)>;

async fn found(elders: &[Elder], stay_is_violation: bool) -> Found {
    let options = EngineOptions { memory_bytes: 2 << 30, threads: 1, spill_folder: new_folder("eligibility") };
    let session = Engine::new(&options).unwrap().session();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let definition = Definition::load(&repository.join("pipelines/nightly.yaml")).unwrap();
    for schema in ["reference", "staged", "hub", "work"] {
        run(&session, &format!("create schema {schema}")).await;
    }
    for (name, batch) in tables_before_models(&definition).unwrap() {
        let name = if name.schema == "reference" { name.table.as_str() } else { continue };
        if ["circumstance", "entitlement", "exclusion", "benefit"].contains(&name) {
            session.register_batch(format!("given_{name}"), batch).unwrap();
            let those = if name == "entitlement" { "where purpose = 'category'" } else { "" };
            run(&session, &format!("create table reference.{name} as select * from given_{name} {those}")).await;
        }
    }
    if stay_is_violation {
        run(&session, "create table strict as select * replace (true as is_violation) from reference.exclusion").await;
        run(&session, "drop table reference.exclusion").await;
        run(&session, "create table reference.exclusion as select * from strict").await;
    }
    give(&session, elders).await;
    for model in ["entitled", "circumstance_month", "entitled_month", "eligible_month"] {
        let query = std::fs::read_to_string(repository.join(format!("sql/32_eligibility/{model}.sql"))).unwrap();
        run(&session, &format!("create table work.{model} as {query}")).await;
    }
    let query =
        format!("select person_id, benefit, category, to_review from work.eligible_month where month = date '{MONTH}'");
    let batches = session.sql(&query).await.unwrap().collect().await.unwrap();
    let mut found = Found::new();
    for batch in &batches {
        let text = |column: usize| cast(batch.column(column), &DataType::Utf8).unwrap();
        let (benefits, categories, reviews) = (text(1), text(2), text(3));
        let persons = batch.column(0).as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            let review = reviews.as_string::<i32>();
            let key = (persons.value(row), benefits.as_string::<i32>().value(row).to_owned());
            let review = review.is_valid(row).then(|| review.value(row).to_owned());
            let before = found.insert(key, (categories.as_string::<i32>().value(row).to_owned(), review));
            assert!(before.is_none(), "a person has two categories of one programme");
        }
    }
    found
}

/// Makes the rows that the models read: the register, circumstances, and what is drawn.
async fn give(session: &SessionContext, elders: &[Elder]) {
    run(
        session,
        &format!(
            "create table reference.month as select date '{MONTH}' as month, cast({MONTH_NO} as bigint) as month_no"
        ),
    )
    .await;
    let people = columns([
        ("birth_month", elders.iter().map(|elder| Some(date_of(MONTH_NO - elder.age_months))).collect::<StringArray>()),
        ("hukou", elders.iter().map(|elder| Some(if elder.hukou_here { "150104" } else { "150105" })).collect()),
        ("residence", elders.iter().map(|elder| Some(if elder.lives_here { "150104" } else { "150105" })).collect()),
    ]);
    session.register_batch("people", numbered((0..).zip(elders).map(|(person, _)| person).collect(), people)).unwrap();
    for (table, column, of) in [
        ("facts", "circumstance", circumstances_of as fn(&Elder) -> Vec<&'static str>),
        ("draws", "benefit", drawn_by as fn(&Elder) -> Vec<&'static str>),
    ] {
        let rows: Vec<(i64, &str)> = (0..)
            .zip(elders)
            .flat_map(|(person, elder)| of(elder).into_iter().map(move |name| (person, name)))
            .collect();
        let names = columns([(column, rows.iter().map(|row| Some(row.1)).collect::<StringArray>())]);
        session.register_batch(table, numbered(rows.iter().map(|row| row.0).collect(), names)).unwrap();
    }
    for statement in [
        "create table hub.person as select person_id, cast(birth_month as date) as birth_month, 'alive' as death_status, 'active' as register_status from people".to_owned(),
        format!("create table work.register_span as select person_id, {MONTH_NO} as from_no, {} as until_no, 'active' as status, hukou as hukou_county, residence as residence_county, cast(null as date) as residence_since from people", MONTH_NO + 1),
        format!("create table work.circumstance as select person_id, circumstance, {MONTH_NO} as from_no, {} as until_no from facts", MONTH_NO + 1),
        format!("create table work.person_month as select d.person_id, date '{MONTH}' as month, bit_or(b.mask) as mask from draws d join reference.benefit b on b.benefit = d.benefit group by d.person_id"),
    ] {
        run(session, &statement).await;
    }
}

fn circumstances_of(elder: &Elder) -> Vec<&'static str> {
    let mut names = Vec::new();
    names.extend(match elder.level {
        0 => None,
        1 => Some("care_mild"),
        2 => Some("care_moderate"),
        _ => Some("care_severe"),
    });
    names.extend(
        ["dementia_mild", "dementia_moderate", "dementia_severe"].get(usize::from(elder.dementia).wrapping_sub(1)),
    );
    match elder.support {
        Support::None => {}
        Support::LowIncome => names.push("low_income"),
        Support::Borderline => names.push("borderline"),
        Support::Dispersed => names.extend(["destitute", "destitute_dispersed"]),
        Support::Central => names.extend(["destitute", "destitute_central"]),
    }
    names.extend(match elder.living {
        Living::WithFamily => None,
        Living::Alone => Some("alone"),
        Living::EmptyNest => Some("empty_nest"),
        Living::LeftBehind => Some("left_behind"),
    });
    names.extend(match elder.family {
        Family::Ordinary => None,
        Family::ChildDead => Some("only_child_dead"),
        Family::ChildDisabled => Some("only_child_disabled"),
    });
    if elder.merit {
        names.push("merit");
    }
    if matches!(elder.stay, Stay::Institution | Stay::InstitutionWithNursingSubsidy) {
        names.extend(["resident", "in_institution"]);
    }
    names
}

fn drawn_by(elder: &Elder) -> Vec<&'static str> {
    let mut benefits = Vec::new();
    match elder.stay {
        Stay::InstitutionWithNursingSubsidy | Stay::HomeWithNursingSubsidy => benefits.push("MZ03"),
        Stay::FamilyBed => benefits.push("MZ14"),
        Stay::Home | Stay::Institution => {}
    }
    if elder.draws_insurance {
        benefits.push("YB01");
    }
    benefits
}

fn date_of(month_no: i64) -> String {
    format!("{:04}-{:02}-01", month_no / 12, month_no % 12 + 1)
}

fn columns<const COLUMNS: usize>(columns: [(&str, StringArray); COLUMNS]) -> Vec<(String, ArrayRef)> {
    columns.into_iter().map(|(name, column)| (name.to_owned(), Arc::new(column) as ArrayRef)).collect()
}

fn numbered(persons: Vec<i64>, columns: Vec<(String, ArrayRef)>) -> RecordBatch {
    let persons: ArrayRef = Arc::new(Int64Array::from(persons));
    RecordBatch::try_from_iter([("person_id".to_owned(), persons)].into_iter().chain(columns)).unwrap()
}

async fn run(session: &SessionContext, sql: &str) {
    session.sql(sql).await.unwrap_or_else(|error| panic!("{error}")).collect().await.unwrap();
}

async fn compare(stay_is_violation: bool) -> usize {
    let elders = everybody();
    let found = found(&elders, stay_is_violation).await;
    let mut eligible = 0;
    for (person, elder) in (0_i64..).zip(&elders) {
        let barred = text::barred_by_insurance(elder) || (stay_is_violation && text::barred_by_stay(elder));
        let home = text::home_service(elder).filter(|_| !barred);
        let review = text::barred_by_stay(elder).then(|| "X15".to_owned());
        let expected = home.map(|category| (category.to_owned(), review));
        assert_eq!(found.get(&(person, "MZ11".to_owned())).cloned(), expected, "home service of {elder:?}");
        let meals = text::meals(elder).map(|category| (category.to_owned(), None));
        assert_eq!(found.get(&(person, "MZ12".to_owned())).cloned(), meals, "meals of {elder:?}");
        eligible += usize::from(home.is_some()) + usize::from(meals.is_some());
    }
    assert_eq!(found.len(), eligible);
    assert!(elders.len() > 100_000, "{} combinations are not all of them", elders.len());
    eligible
}

#[tokio::test]
async fn everybody_is_eligible_as_the_text_of_yuquan_says() {
    let (for_review, violation) = (compare(false).await, compare(true).await);
    assert!(violation < for_review, "the exclusion changes nothing");
}
