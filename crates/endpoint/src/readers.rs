//! What each role sees now: one [`Access`] for all connections of a role, made anew when something is published.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Mutex;
use yilian_access::{Access, Readable, Role};
use yilian_engine::Engine;

use crate::catalogue;
use crate::failure::Failure;

/// Why the tables are not at hand; its words are for the operator's console.
pub type SourceError = Box<dyn std::error::Error + Send + Sync>;

/// Where the tables come from.
#[async_trait]
pub trait Publications: Send + Sync + 'static {
    /// What is published now; cheap, for it is asked before each statement.
    async fn edition(&self) -> Result<Edition, SourceError>;

    /// All its tables and its micro data, for every role.
    async fn readable(&self) -> Result<Readable, SourceError>;
}

/// What is published at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edition {
    /// Number of the publication.
    pub number: u64,
    /// A text that changes whenever any table does.
    pub mark: String,
}

/// One role's view of one edition.
pub(crate) struct Reader {
    pub(crate) access: Access,
    pub(crate) edition: Edition,
}

pub(crate) struct Readers {
    publications: Box<dyn Publications>,
    pub(crate) engine: Engine,
    console: fn(&str),
    current: Mutex<Current>,
}

/// What is published, and each role's view of it.
#[derive(Default)]
struct Current {
    /// Opened once for all roles: micro data keep what they have answered.
    readable: Option<(Edition, Readable)>,
    readers: BTreeMap<&'static str, Arc<Reader>>,
}

impl Readers {
    pub(crate) fn new(publications: Box<dyn Publications>, engine: Engine, console: fn(&str)) -> Self {
        Self { publications, engine, console, current: Mutex::new(Current::default()) }
    }

    /// What the role sees at this moment.
    pub(crate) async fn of(&self, role: Role) -> Result<Arc<Reader>, Failure> {
        let edition = self.publications.edition().await.map_err(|error| self.unpublished(&*error))?;
        let mut current = self.current.lock().await;
        if let Some(reader) = current.readers.get(role.as_str()).filter(|reader| reader.edition == edition) {
            return Ok(Arc::clone(reader));
        }
        let readable = match &current.readable {
            Some((of, readable)) if *of == edition => readable.clone(),
            _ => {
                let readable = self.publications.readable().await.map_err(|error| self.unpublished(&*error))?;
                current.readable = Some((edition.clone(), readable.clone()));
                readable
            }
        };
        let mut access = Access::open(&self.engine, role, readable).await.map_err(|error| self.unpublished(&error))?;
        catalogue::describe(&mut access).await.map_err(|error| self.unpublished(&*error))?;
        let reader = Arc::new(Reader { access, edition });
        current.readers.insert(role.as_str(), Arc::clone(&reader));
        Ok(reader)
    }

    fn unpublished(&self, error: &(dyn std::error::Error + 'static)) -> Failure {
        let causes = std::iter::successors(error.source(), |cause| cause.source());
        let because: Vec<String> = causes.map(|cause| format!("\n  because: {cause}")).collect();
        (self.console)(&format!("the published tables cannot be read: {error}{}", because.concat()));
        Failure::unpublished()
    }

    /// The number of what is published, or that it cannot be read.
    pub(crate) async fn number(&self) -> Option<u64> {
        self.publications.edition().await.ok().map(|edition| edition.number)
    }
}
