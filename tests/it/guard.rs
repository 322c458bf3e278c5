//! The guard of `micro.*` against attacks, and for what statisticians need: `tests/guard/` holds the questions.
//!
//! A question follows a comment; an empty line ends it. In `refused/` the comment begins with what it ends as.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use yilian_access::AccessError;

use crate::fixture::files_below;
use crate::guarded::guarded;

/// A question of `tests/guard/` with its comment.
struct Question {
    place: String,
    comment: String,
    text: String,
}

fn questions(folder: &str) -> Vec<Question> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("guard").join(folder);
    let mut questions = Vec::new();
    for file in files_below(&folder) {
        let place = file.file_name().unwrap().to_string_lossy().into_owned();
        for block in fs::read_to_string(&file).unwrap().trim().split("\n\n") {
            let (comment, text) = block.split_once('\n').unwrap_or_else(|| panic!("{place}: {block}"));
            let comment = comment.strip_prefix("-- ").unwrap_or_else(|| panic!("{place}: {block}"));
            questions.push(Question { place: place.clone(), comment: comment.to_owned(), text: text.to_owned() });
        }
    }
    let different: BTreeSet<&str> = questions.iter().map(|question| question.text.as_str()).collect();
    assert_eq!(different.len(), questions.len(), "{} asks something twice", folder.display());
    assert!(questions.len() >= 100, "{} holds {} questions", folder.display(), questions.len());
    questions
}

/// As what a question ends that has no answer; an error of running or of our own is none of these.
fn kind(error: &AccessError) -> &'static str {
    match error {
        AccessError::Refused(_) => "refused",
        AccessError::Query { .. } => "query",
        AccessError::NotAQuestion { .. } => "statement",
        AccessError::SeveralStatements => "several",
        AccessError::UnknownTable { .. } => "table",
        AccessError::UnknownColumn { .. } => "column",
        AccessError::NotForRole { .. } => "role",
        _ => "other",
    }
}

/// Numbers in the words of an error that could be of a row: neither the question nor the catalogue has them.
fn numbers_told(error: &AccessError, question: &str) -> Vec<String> {
    let words = format!("{error} {}", error.hint().unwrap_or_default());
    // A number within a word is that of a type.
    let numbers = words.split(|sign: char| !sign.is_ascii_alphanumeric());
    let numbers = numbers.filter(|number| number.len() > 2 && number.bytes().all(|sign| sign.is_ascii_digit()));
    let is_known = |number: &&str| {
        let is_code = matches!(*number, "100" | "2025") || (number.len() == 6 && number.starts_with("1501"));
        is_code || question.contains(number)
    };
    numbers.filter(|number| !is_known(number)).map(str::to_owned).collect()
}

#[test]
fn every_attack_is_refused_for_its_reason_and_the_error_tells_no_number() {
    let mut failures = Vec::new();
    for Question { place, comment, text } in questions("refused") {
        let (wanted, _) = comment.split_once(": ").unwrap_or_else(|| panic!("{place}: {comment}"));
        let Err(error) = guarded().ask(&text) else {
            failures.push(format!("{place}: {comment}\n{text}\nhas an answer"));
            continue;
        };
        let numbers = numbers_told(&error, &text);
        if !wanted.split(" or ").any(|wanted| wanted == kind(&error)) || !numbers.is_empty() {
            failures.push(format!("{place}: {comment}\n{text}\n{} {error} {numbers:?}", kind(&error)));
        }
        if matches!(error, AccessError::Refused(_)) && error.hint().is_none() {
            failures.push(format!("{place}: {comment}\n{text}\n{error}\ndoes not say how to ask instead"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_useful_question_has_an_answer() {
    let mut failures = Vec::new();
    for Question { place, comment, text } in questions("answered") {
        if let Err(error) = guarded().ask(&text) {
            failures.push(format!("{place}: {comment}\n{text}\n{error}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_question_of_the_guide_for_statisticians_has_an_answer() {
    let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/sql.md")).unwrap();
    let blocks = guide.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let numbered = guide.lines().filter(|line| line.starts_with("### ")).count();
    let mut asked = 0;
    for block in blocks {
        let batches = guarded().ask(block).unwrap_or_else(|error| panic!("{block}\n{error}"));
        assert!(batches.iter().any(|batch| batch.num_rows() > 0), "{block}\nhas no row");
        asked += 1;
    }
    assert!(numbered >= 20 && asked >= numbered, "{asked} of {numbered}");
}

/// For each released number of a table, what the guard says in its place.
fn agrees(released: &str, asked: &str, at_least: usize) {
    let told: BTreeMap<Vec<String>, (String, String)> = guarded()
        .rows(asked)
        .into_iter()
        .map(|mut row| {
            let status = row.pop().unwrap();
            let value = row.pop().unwrap();
            (row, (value, status))
        })
        .collect();
    let mut shown = 0;
    for mut row in guarded().rows(released) {
        let (status, value) = (row.pop().unwrap(), row.pop().unwrap());
        let Some((answer, answer_status)) = told.get(&row) else { continue };
        assert_eq!(*answer_status, status, "{row:?}");
        assert_eq!(answer.trim_end_matches(".00"), value.trim_end_matches(".00"), "{row:?}");
        shown += usize::from(status == "published");
    }
    assert!(shown >= at_least, "{shown} published numbers of\n{released}");
}

#[test]
fn a_group_that_is_a_cell_of_the_release_is_answered_with_its_number() {
    agrees(
        "select region, value, status from release.population
         where sex = 'total' and age_band = 'total' and urban_rural = 'total' and measure = 'persons'",
        "select county, count(distinct person), cell_status(person) from micro.person_year group by county",
        3,
    );
    agrees(
        "select sex, age_band, value, status from release.population
         where region = 'total' and urban_rural = 'total' and measure = 'persons'",
        "select sex, age_band, count(*), cell_status(person) from micro.person_year group by sex, age_band",
        10,
    );
    agrees(
        "select scheme, sex, value, status from release.pension where region = 'total' and measure = 'persons'",
        "select pension, sex, count(*), cell_status(person) from micro.person_year group by pension, sex",
        3,
    );
    agrees(
        "select benefit, value, status from release.benefit_recipients where region = 'total' and sex = 'total'
         and age_band = 'total' and urban_rural = 'total' and measure = 'persons_in_year'",
        "select benefit, count(distinct person), cell_status(person) from micro.benefit_month group by benefit",
        10,
    );
    agrees(
        "select benefit, value, status from release.benefit_recipients where region = 'total' and sex = 'total'
         and age_band = 'total' and urban_rural = 'total' and measure = 'amount' and status <> 'not_applicable'",
        "select benefit, sum(amount), cell_status(amount) from micro.benefit_month group by benefit",
        10,
    );
    agrees(
        "select standard, ability, value, status from release.ability
         where region = 'total' and age_band = 'total' and urban_rural = 'total' and measure = 'persons'",
        "select standard, level, count(*), cell_status(person) from micro.assessment group by standard, level",
        3,
    );
}

#[test]
fn a_filter_a_filter_clause_and_a_row_of_groups_give_one_answer() {
    for (dimension, further) in
        [("sex", "ability"), ("age_group", "ability"), ("ability", "age_group"), ("situation", "pension")]
    {
        let groups =
            guarded().rows(&format!("select {dimension}, count(*) from micro.person_year group by {dimension}"));
        assert!(groups.len() > 1 && groups.iter().any(|row| !row[1].is_empty()), "{groups:?}");
        for group in groups {
            let [category, answer] = [&group[0], &group[1]];
            for question in [
                format!("select count(*) from micro.person_year where {dimension} = '{category}'"),
                format!("select count(distinct person) from micro.person_year where {dimension} in ('{category}')"),
                format!("select count(*) filter (where {dimension} = '{category}') from micro.person_year"),
                format!(
                    "select count(person) from (select * from micro.person_year where {dimension} = '{category}') as p"
                ),
                format!(
                    "select n from (select {dimension}, count(*) as n from micro.person_year group by {dimension}) as a where {dimension} = '{category}'"
                ),
            ] {
                assert_eq!(guarded().rows(&question), [[answer.clone()]], "{question}");
            }
            let divided = format!(
                "select {further}, count(*) from micro.person_year where {dimension} = '{category}' group by {further} order by 1"
            );
            let of_both = format!(
                "select {further}, n from (select {dimension}, {further}, count(*) as n from micro.person_year group by 1, 2) as a
                 where {dimension} = '{category}' order by 1"
            );
            assert_eq!(guarded().rows(&divided), guarded().rows(&of_both), "{divided}");
        }
    }
}

#[test]
fn the_parts_of_an_estimate_add_up_to_it_but_for_rounding() {
    // Groups of two bands that both have many people: a band of very few would be withheld.
    let wholes = guarded().rows(
        "select ability, age_group, count(*), cell_status(person) from micro.person_year \
         where age_group in ('60-69', '70-79') group by ability, age_group",
    );
    let mut compared = 0;
    for whole in wholes.iter().filter(|row| row[3] == "estimated") {
        let parts = guarded().rows(&format!(
            "select age_band, count(*) from micro.person_year where ability = '{}' and age_group = '{}' group by age_band",
            whole[0], whole[1]
        ));
        let values: Option<Vec<i64>> = parts.iter().map(|row| row[1].parse().ok()).collect();
        let Some(values) = values else { continue };
        let sum: i64 = values.iter().sum();
        let difference = (sum - whole[2].parse::<i64>().unwrap()).abs();
        // Each part and the whole are rounded by a half at most.
        assert!(2 * difference <= i64::try_from(values.len()).unwrap() + 1, "{whole:?} {parts:?}");
        compared += 1;
    }
    assert!(compared >= 2, "{compared} of {wholes:?}");
}

#[test]
fn two_answers_of_one_question_are_each_their_own() {
    let alone = |sex: &str| {
        guarded().rows(&format!("select count(*) from micro.person_year where sex = '{sex}'"))[0][0].clone()
    };
    let (men, women) = (alone("1"), alone("2"));
    assert_ne!(men, women);
    let count = |sex: &str| format!("(select count(*) from micro.person_year where sex = '{sex}')");
    let (of_men, of_women) = (count("1"), count("2"));
    assert_eq!(guarded().rows(&format!("select {of_men} as men, {of_women} as women")), [[men.clone(), women.clone()]]);
    let less = format!("select {of_men} = {of_women} as same, {of_men} - {of_women} = {men} - {women} as as_alone");
    assert_eq!(guarded().rows(&less), [["false", "true"]]);
    let joined = "select a.n, b.n from (select count(*) as n from micro.person_year where sex = '1') as a
                  cross join (select count(*) as n from micro.person_year where sex = '2') as b";
    assert_eq!(guarded().rows(joined), [[men.clone(), women.clone()]]);
    let united = "select count(*) as n from micro.person_year where sex = '1'
                  union select count(*) from micro.person_year where sex = '2' order by n";
    let mut both = [[men], [women]];
    both.sort_by_key(|row| row[0].parse::<i64>().unwrap());
    assert_eq!(guarded().rows(united), both);
}

#[test]
fn a_clause_that_the_engine_passes_over_tells_no_more_than_the_whole() {
    let question = |clause: &str| format!("select ability, count(*) from micro.person_year {clause} group by ability");
    let sorted = |question: &str| {
        let mut rows = guarded().rows(question);
        rows.sort_unstable();
        rows
    };
    let whole = sorted(&question(""));
    for clause in ["tablesample bernoulli (10)", "tablesample (10 rows)", "with (nolock)", "partition (p0)"] {
        let question = question(clause);
        assert!(guarded().ask(&question).is_err() || sorted(&question) == whole, "{question}");
    }
    let rolled_up = format!("{} with rollup", question(""));
    assert!(guarded().ask(&rolled_up).is_err() || sorted(&rolled_up) == whole, "{rolled_up}");
}
