//! Questions in one message, which may hold several statements, and what a connection says of itself.

use std::fmt::Debug;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use datafusion::arrow::datatypes::DataType;
use datafusion::sql::parser::Statement as EngineStatement;
use datafusion::sql::sqlparser::ast::Statement;
use futures::{FutureExt, Sink, SinkExt};
use pgwire::api::portal::Format;
use pgwire::api::query::{SimpleQueryHandler, send_ready_for_query};
use pgwire::api::results::{QueryResponse, Response, Tag};
use pgwire::api::store::PortalStore;
use pgwire::api::{ClientInfo, ClientPortalStore, PgWireConnectionState};
use pgwire::error::{PgWireError, PgWireResult};
use pgwire::messages::PgWireBackendMessage;
use pgwire::messages::response::{EmptyQueryResponse, TransactionStatus};
use pgwire::messages::simplequery::Query;
use yilian_access::Question;

use super::{Handlers, send};
use crate::failure::{Failure, UNSUPPORTED};
use crate::metrics::Outcome;
use crate::running::{Planned, SoFar, start};
use crate::statement::{Command, commands};

/// What a statement comes to.
pub(super) enum Done {
    Rows(QueryResponse),
    Tag(&'static str),
    Begun,
    Ended(&'static str),
    Forgotten(String),
}

#[async_trait]
impl SimpleQueryHandler for Handlers {
    async fn on_query<C>(&self, client: &mut C, query: Query) -> PgWireResult<()>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        client.set_state(PgWireConnectionState::QueryInProgress);
        let text: Arc<str> = Arc::from(query.query);
        let all = commands(&text).map_err(|failure| self.refused(&text, failure))?;
        if all.is_empty() {
            client.feed(PgWireBackendMessage::EmptyQueryResponse(EmptyQueryResponse::new())).await?;
        }
        let mut status = client.transaction_status();
        for command in all {
            match self.carried_out(&command, &text, status).await? {
                Done::Rows(mut answer) => {
                    send::description(client, &answer.row_schema()).await?;
                    send::send(client, &mut answer, 0).await?;
                }
                done => {
                    status = after(&done, status);
                    if let Done::Forgotten(name) = &done {
                        client.portal_store().rm_statement(name);
                    }
                    let tag = Tag::new(tag(&done));
                    client.feed(PgWireBackendMessage::CommandComplete(tag.into())).await?;
                }
            }
            client.set_transaction_status(status);
        }
        client.set_state(PgWireConnectionState::ReadyForQuery);
        send_ready_for_query(client, status).await
    }

    async fn do_query<C>(&self, _: &mut C, _: &str) -> PgWireResult<Vec<Response>>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        // `on_query` sends rows itself, as they come.
        Ok(Vec::new())
    }
}

pub(super) fn tag(done: &Done) -> &str {
    match done {
        Done::Rows(_) => "SELECT",
        Done::Tag(tag) | Done::Ended(tag) => tag,
        Done::Begun => "BEGIN",
        Done::Forgotten(_) => "DEALLOCATE",
    }
}

pub(super) fn after(done: &Done, status: TransactionStatus) -> TransactionStatus {
    match done {
        Done::Begun => status.to_in_transaction_state(),
        Done::Ended(_) => status.to_idle_state(),
        _ => status,
    }
}

impl Handlers {
    /// Plans a question over what the asker sees at this moment.
    pub(super) async fn planned(
        &self,
        statement: &Arc<Statement>,
        parameters: Vec<Option<DataType>>,
    ) -> Result<Planned, Failure> {
        let role = self.0.asker()?.role;
        let reader = self.0.shared.readers.of(role).await?;
        let schema = self.0.settings().schema(role.schemas()).map(str::to_owned);
        let statement = EngineStatement::Statement(Box::new(Statement::clone(statement)));
        let question = Question { statement, schema, parameters };
        // The engine computes constants while it plans; should it panic over one, the connection goes on.
        let prepared = AssertUnwindSafe(reader.access.prepare(question)).catch_unwind().await;
        let prepared = prepared.map_err(|_| Failure::ours())?.map_err(|error| Failure::of(&error))?;
        Ok(Planned { reader, prepared: Arc::new(prepared) })
    }

    /// Does what a statement without parameters asks for; a question is begun.
    pub(super) async fn carried_out(
        &self,
        command: &Command,
        text: &Arc<str>,
        status: TransactionStatus,
    ) -> PgWireResult<Done> {
        let done = match command {
            _ if status == TransactionStatus::Error
                && !matches!(command, Command::End(_) | Command::Nothing("ROLLBACK")) =>
            {
                Err(failed_transaction())
            }
            Command::Question(statement) => match self.planned(statement, Vec::new()).await {
                Ok(planned) => return self.begun_answer(planned, text).map(Done::Rows),
                Err(failure) => Err(failure),
            },
            other => self.of_the_connection(other),
        };
        let done = done.map_err(|failure| self.refused(text, failure))?;
        self.0.ended(text, &(Outcome::Answered, None), &SoFar::default(), Instant::now());
        Ok(done)
    }

    fn begun_answer(&self, planned: Planned, text: &Arc<str>) -> PgWireResult<QueryResponse> {
        let columns = send::columns(&planned.prepared.schema(), &Format::UnifiedText)?;
        let running = start(&self.0, planned, Vec::new(), Arc::clone(text));
        Ok(send::rows(running.map_err(|failure| self.refused(text, failure))?, columns))
    }

    fn of_the_connection(&self, command: &Command) -> Result<Done, Failure> {
        let mut settings = self.0.settings();
        Ok(match command {
            Command::Set { name, value } => {
                settings.set(name, value.as_deref())?;
                Done::Tag("SET")
            }
            Command::ResetAll => {
                settings.reset();
                Done::Tag("RESET")
            }
            Command::DiscardAll => {
                settings.reset();
                Done::Tag("DISCARD ALL")
            }
            Command::Show(name) if name == "all" => {
                let (names, values) = settings.all().map(|(name, value)| (name.to_owned(), value.to_owned())).unzip();
                Done::Rows(unanswered(send::texts(&["name", "setting"], vec![names, values]))?)
            }
            Command::Show(name) => {
                let unknown =
                    || Failure::new("42704", format!("there is no setting {name}")).hint("SHOW ALL lists them");
                let value = settings.get(name).ok_or_else(unknown)?.to_owned();
                Done::Rows(unanswered(send::texts(&[name], vec![vec![value]]))?)
            }
            Command::Begin => Done::Begun,
            Command::End(tag) => Done::Ended(tag),
            Command::Nothing(tag) => Done::Tag(tag),
            Command::Deallocate(name) => Done::Forgotten(name.clone()),
            Command::Question(_) => return Err(Failure::new(UNSUPPORTED, "a question is asked otherwise")),
        })
    }

    /// Writes a statement that came to nothing into the log.
    pub(super) fn refused(&self, text: &str, failure: Failure) -> Failure {
        self.0.ended(text, &(Outcome::of(&failure), Some(failure.code)), &SoFar::default(), Instant::now());
        failure
    }
}

pub(super) fn failed_transaction() -> Failure {
    Failure::new("25P02", "the transaction has failed; nothing is answered until it ends").hint("ROLLBACK ends it")
}

fn unanswered(answer: PgWireResult<QueryResponse>) -> Result<QueryResponse, Failure> {
    answer.map_err(|_| Failure::new("XX000", "a setting has no form that the client could read"))
}
