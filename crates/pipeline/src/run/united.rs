//! Two ID numbers that an office said are one person's: the rows of both stand under the lower person id (dataset
//! `disposition`, decision `same_person`).
//!
//! What is staged stays as it is, so that a withdrawn answer leaves no trace.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int32Type, Int64Type};
use datafusion::common::Result as EngineResult;
use datafusion::dataframe::DataFrame;
use datafusion::logical_expr::{Expr, case, when};
use datafusion::prelude::{col, lit};
use serde::{Deserialize, Serialize};
use yilian_engine::TableName;

use super::bucket::{Sources, table_file};
use super::compute::compute_to_file;
use super::model::{KeptAs, Pass};
use super::{Night, RunError};
use crate::progress::Progress;

const PERSON: &str = "person_id";
const NAME: &str = "name_ordinal";
/// What sets the names of one number apart from those of another; nobody has so many names under one.
const NAMES_OF_ONE_NUMBER: i32 = 1 << 16;

/// What an office said about two people who share a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Answer {
    lower: i64,
    higher: i64,
    /// Which of each one's names they share.
    ordinals: (i32, i32),
    is_same: bool,
}

/// A number whose rows stand under another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Member {
    id: i64,
    person_id: i64,
    /// Which name of this number is which name of the other; `None` where they are one only through a third.
    shared: Option<(i32, i32)>,
    /// What is added to the ordinals of its further names.
    further: i32,
}

/// Everybody who is known under several numbers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct United {
    /// In order of id.
    members: Vec<Member>,
}

impl United {
    /// Computes the models of the first pass, whose tables become sources, and reads from them who is one person.
    pub(crate) async fn find(
        night: &Night<'_>,
        sources: &mut Sources,
        progress: &dyn Progress,
    ) -> Result<Self, RunError> {
        progress.start("find people with two numbers", None);
        let session = night.engine.wide_session();
        sources.register_all(&session)?;
        for model in night.definition.graph.of_pass(Pass::First) {
            compute_to_file(&session, model, &table_file(night.work.path(), &model.name, 0)).await?;
            if model.kept_as == KeptAs::Table {
                let table = session.table_provider(model.name.to_string()).await;
                sources.add(model.name.clone(), table.map_err(RunError::query(&model.name))?);
            }
        }
        let name = TableName { schema: "work".to_owned(), table: "same_person".to_owned() };
        let rows = session.table(name.to_string()).await.map_err(RunError::query(&name))?;
        let batches = rows.collect().await.map_err(RunError::query(&name))?;
        let answers: Option<Vec<Vec<Answer>>> = batches.iter().map(answers).collect();
        let answers = answers.ok_or(RunError::Unreadable { what: "the answers about people who share a name" })?;
        let united = Self::of(&answers.concat());
        progress.finish(&format!("{} numbers stand under another", united.members.len()));
        Ok(united)
    }

    /// Who is one person by answers that agree; numbers of which one is said to be somebody else stay apart, all of them.
    fn of(answers: &[Answer]) -> Self {
        let mut lowest: BTreeMap<i64, i64> = BTreeMap::new();
        for answer in answers.iter().filter(|answer| answer.is_same) {
            let of = |id: i64| lowest.get(&id).copied().unwrap_or(id);
            let (one, other) = (of(answer.lower), of(answer.higher));
            let (low, high) = (one.min(other), one.max(other));
            for group in lowest.values_mut().filter(|group| **group == high) {
                *group = low;
            }
            lowest.insert(answer.lower, low);
            lowest.insert(answer.higher, low);
        }
        for answer in answers.iter().filter(|answer| !answer.is_same) {
            let of = |id: i64| lowest.get(&id).copied();
            if let (Some(one), Some(other)) = (of(answer.lower), of(answer.higher))
                && one == other
            {
                lowest.retain(|_, group| *group != one);
            }
        }
        let mut further: BTreeMap<i64, i32> = BTreeMap::new();
        let members = lowest.into_iter().filter(|(id, person_id)| id != person_id).map(|(id, person_id)| {
            let direct = answers.iter().find(|a| a.is_same && (a.lower, a.higher) == (person_id, id));
            let further = further.entry(person_id).or_default();
            *further += NAMES_OF_ONE_NUMBER;
            let shared = direct.map(|answer| (answer.ordinals.1, answer.ordinals.0));
            Member { id, person_id, shared, further: *further }
        });
        Self { members: members.collect() }
    }

    /// The id under which a person's rows stand.
    pub(crate) fn person(&self, id: i64) -> i64 {
        let at = self.members.binary_search_by_key(&id, |member| member.id).ok();
        at.and_then(|at| self.members.get(at)).map_or(id, |member| member.person_id)
    }

    /// What is known of people with several numbers under the ids `from..until`, in words that tell one state from another.
    pub(crate) fn known_in(&self, (from, until): (i64, i64)) -> String {
        let ids = from..until;
        let here = self.members.iter().filter(|member| ids.contains(&member.id) || ids.contains(&member.person_id));
        format!("{:?}", here.collect::<Vec<_>>())
    }

    /// The rows of a table about people that stand under the ids `from..until`, with the ids under which they stand.
    pub(crate) fn rows_of(&self, table: DataFrame, (from, until): (i64, i64)) -> EngineResult<DataFrame> {
        let ids = from..until;
        let leaving = self.members.iter().filter(|member| ids.contains(&member.id)).map(|member| lit(member.id));
        let coming: Vec<Member> =
            self.members.iter().filter(|member| ids.contains(&member.person_id)).copied().collect();
        let own = col(PERSON).gt_eq(lit(from)).and(col(PERSON).lt(lit(until)));
        let leaving: Vec<Expr> = leaving.collect();
        let own = if leaving.is_empty() { own } else { own.and(col(PERSON).in_list(leaving, true)) };
        if coming.is_empty() {
            return table.filter(own);
        }
        let foreign = coming.iter().map(|member| lit(member.id)).collect();
        let table = table.filter(own.or(col(PERSON).in_list(foreign, false)))?;
        let columns: Vec<String> = table.schema().fields().iter().map(|field| field.name().clone()).collect();
        let columns = columns.iter().map(|name| match name.as_str() {
            PERSON => Ok(person(&coming)?.alias(PERSON)),
            NAME => Ok(name_ordinal(&coming)?.alias(NAME)),
            other => Ok(col(other)),
        });
        let columns: Vec<Expr> = columns.collect::<EngineResult<_>>()?;
        table.select(columns)
    }
}

fn person(coming: &[Member]) -> EngineResult<Expr> {
    let [first, others @ ..] = coming else { return Ok(col(PERSON)) };
    let mut id = case(col(PERSON)).when(lit(first.id), lit(first.person_id));
    for member in others {
        id.when(lit(member.id), lit(member.person_id));
    }
    id.otherwise(col(PERSON))
}

/// The shared name is one name; a further name of either number is one of its own.
fn name_ordinal(coming: &[Member]) -> EngineResult<Expr> {
    coming.iter().try_fold(col(NAME), |others, member| {
        let is_member = || col(PERSON).eq(lit(member.id));
        let further = when(is_member(), col(NAME) + lit(member.further)).otherwise(others)?;
        let Some((own, other)) = member.shared else { return Ok(further) };
        when(is_member().and(col(NAME).eq(lit(own))), lit(other)).otherwise(further)
    })
}

fn answers(rows: &RecordBatch) -> Option<Vec<Answer>> {
    let ids = |name| Some(rows.column_by_name(name)?.as_primitive_opt::<Int64Type>()?.values().clone());
    let ordinals = |name| Some(rows.column_by_name(name)?.as_primitive_opt::<Int32Type>()?.values().clone());
    let (lower, higher) = (ids("lower_id")?, ids("higher_id")?);
    let ordinals = (ordinals("lower_ordinal")?, ordinals("higher_ordinal")?);
    let is_same = rows.column_by_name("is_same")?.as_boolean_opt()?;
    let people = lower.iter().zip(higher.iter());
    let shared = ordinals.0.iter().zip(ordinals.1.iter());
    let said = (0..rows.num_rows()).map(|row| is_same.is_valid(row) && is_same.value(row));
    let answers = people.zip(shared).zip(said).map(|(((lower, higher), (of_lower, of_higher)), is_same)| Answer {
        lower: *lower,
        higher: *higher,
        ordinals: (*of_lower, *of_higher),
        is_same,
    });
    Some(answers.collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int32Array, Int64Array};
    use yilian_engine::{Engine, EngineOptions};

    use super::*;

    fn same(lower: i64, higher: i64) -> Answer {
        Answer { lower, higher, ordinals: (1, 1), is_same: true }
    }

    fn different(lower: i64, higher: i64) -> Answer {
        Answer { is_same: false, ..same(lower, higher) }
    }

    fn people(answers: &[Answer]) -> Vec<i64> {
        let united = United::of(answers);
        (1..=6).map(|id| united.person(id)).collect()
    }

    #[test]
    fn several_numbers_of_one_person_stand_under_the_lowest() {
        assert_eq!(people(&[]), [1, 2, 3, 4, 5, 6]);
        assert_eq!(people(&[same(2, 5)]), [1, 2, 3, 4, 2, 6]);
        assert_eq!(people(&[same(2, 5), same(5, 6), same(1, 6), same(3, 4)]), [1, 1, 3, 3, 1, 1]);
    }

    #[test]
    fn where_answers_contradict_each_other_all_stay_apart() {
        assert_eq!(people(&[same(2, 5), different(3, 5)]), [1, 2, 3, 4, 2, 6]);
        assert_eq!(people(&[same(2, 5), same(5, 6), different(2, 6)]), [1, 2, 3, 4, 5, 6]);
    }

    /// Person and name of the rows that stand under the ids of a bucket, in order.
    async fn rows(answers: &[Answer], bucket: (i64, i64)) -> Vec<(i64, i32)> {
        let columns: [(&str, ArrayRef); 2] = [
            (PERSON, Arc::new(Int64Array::from(vec![2, 2, 5, 5, 6, 7]))),
            (NAME, Arc::new(Int32Array::from(vec![1, 2, 1, 2, 1, 1]))),
        ];
        let spill = tempfile::tempdir().unwrap();
        let options = EngineOptions { memory_bytes: 1 << 24, threads: 1, spill_folder: spill.path().to_owned() };
        let session = Engine::new(&options).unwrap().session();
        let table = session.read_batch(RecordBatch::try_from_iter(columns).unwrap()).unwrap();
        let batches = United::of(answers).rows_of(table, bucket).unwrap().collect().await.unwrap();
        let mut rows = Vec::new();
        for batch in batches {
            let people = batch.column(0).as_primitive::<Int64Type>().values().to_vec();
            rows.extend(people.into_iter().zip(batch.column(1).as_primitive::<Int32Type>().values().to_vec()));
        }
        rows.sort_unstable();
        rows
    }

    #[tokio::test]
    async fn rows_go_to_the_bucket_of_the_lower_number_and_leave_their_own() {
        let answers = [Answer { ordinals: (2, 1), ..same(2, 5) }, same(5, 6)];
        let further = |ordinal| ordinal + NAMES_OF_ONE_NUMBER;
        let of_six = (2, 1 + 2 * NAMES_OF_ONE_NUMBER);
        assert_eq!(rows(&answers, (0, 4)).await, [(2, 1), (2, 2), (2, 2), (2, further(2)), of_six]);
        assert_eq!(rows(&answers, (4, 8)).await, [(7, 1)]);
        assert_eq!(rows(&[], (4, 8)).await, [(5, 1), (5, 2), (6, 1), (7, 1)]);
    }

    #[tokio::test]
    async fn a_pair_within_one_bucket_is_one_person_there() {
        assert_eq!(rows(&[same(2, 5)], (0, 6)).await, [(2, 1), (2, 1), (2, 2), (2, 2 + NAMES_OF_ONE_NUMBER)]);
    }
}
