use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use yilian_release::{EarlierVersion, ReleaseError, TableDefinitions};
use yilian_token::{Key, Label};

use crate::answer::{Answered, Answers, Protection};
use crate::catalogue::Catalogue;
use crate::count::count;
use crate::error::MicroError;
use crate::released::Released;
use crate::shape::{Measure, Shape};

/// So many answers are kept for the next question.
const MOST_KEPT: usize = 1_000_000;

/// The micro data of the newest published release of a year, behind questions.
pub struct MicroYear {
    input: YearInput,
    /// What is published, read when somebody first asks.
    version: OnceLock<EarlierVersion>,
    kept: Mutex<Vec<(Shape, Arc<Answers>)>>,
    /// One shape is counted at a time, on all threads: whoever asks the same meanwhile gets the same answers.
    counting: Mutex<()>,
}

/// Reads what is published of a year.
pub type VersionReader = Box<dyn Fn() -> Result<EarlierVersion, ReleaseError> + Send + Sync>;

/// What micro data of a year are made of.
pub struct YearInput {
    /// The year.
    pub year: i32,
    /// What may be asked.
    pub catalogue: Arc<Catalogue>,
    /// The files of each micro table by its name, one a bucket of people, in the same order of buckets.
    pub files: BTreeMap<String, Vec<PathBuf>>,
    /// What is published of the year; not read before somebody asks.
    pub version: VersionReader,
    /// The tables of the release.
    pub definitions: Arc<TableDefinitions>,
    /// The noise key.
    pub key: Arc<Key>,
    /// How many files are counted side by side.
    pub threads: usize,
}

impl MicroYear {
    /// Opens the year; nothing is read before somebody asks.
    pub fn new(input: YearInput) -> Self {
        Self { input, version: OnceLock::new(), kept: Mutex::new(Vec::new()), counting: Mutex::new(()) }
    }

    /// The year.
    pub fn year(&self) -> i32 {
        self.input.year
    }

    /// What may be asked.
    pub fn catalogue(&self) -> &Catalogue {
        &self.input.catalogue
    }

    /// The answer for every cell of a shape, the same whenever and in whatever company it is asked.
    ///
    /// # Errors
    /// [`MicroError::TooManyCells`], [`MicroError::Cancelled`], and what is wrong with the files.
    pub fn answers(
        &self,
        shape: &Shape,
        measure: Measure,
        cancelled: &AtomicBool,
    ) -> Result<Vec<Answered>, MicroError> {
        let shape = &shape.without_needless(&self.input.catalogue);
        if let Some(kept) = self.kept(shape) {
            return Ok(kept.of(measure).to_vec());
        }
        let _counting = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = self.kept(shape) {
            return Ok(kept.of(measure).to_vec());
        }
        if cancelled.load(Ordering::Relaxed) {
            return Err(MicroError::Cancelled);
        }
        let YearInput { year, catalogue, files, definitions, key, threads, .. } = &self.input;
        shape.check_size(catalogue)?;
        let counts = count((catalogue, files), shape, *threads, cancelled)?;
        let version = self.version()?;
        let edition = format!("{year} version {} {}", version.number, version.sums);
        let released = Released { catalogue, definitions, version };
        let protection =
            Protection { catalogue, released, tokeniser: &key.tokeniser(Label::Effect)?, edition: &edition };
        let answers = Arc::new(protection.answers(shape, &counts));
        self.keep(shape, &answers);
        Ok(answers.of(measure).to_vec())
    }

    fn version(&self) -> Result<&EarlierVersion, MicroError> {
        if let Some(version) = self.version.get() {
            return Ok(version);
        }
        let version = (self.input.version)()?;
        Ok(self.version.get_or_init(|| version))
    }

    fn kept(&self, shape: &Shape) -> Option<Arc<Answers>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(other, _)| other == shape).map(|(_, answers)| Arc::clone(answers))
    }

    /// The oldest go first.
    fn keep(&self, shape: &Shape, answers: &Arc<Answers>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push((shape.clone(), Arc::clone(answers)));
        while kept.len() > 1 && kept.iter().map(|(_, answers)| answers.len()).sum::<usize>() > MOST_KEPT {
            kept.remove(0);
        }
    }
}
