//! Questions in several messages: prepared, given parameters, described, and answered in parts.

use std::fmt::Debug;
use std::sync::Arc;

use arrow_pg::datatypes::df::deserialize_parameters;
use arrow_pg::datatypes::into_pg_type;
use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::ParamValues;
use datafusion::scalar::ScalarValue;
use futures::{Sink, SinkExt};
use pgwire::api::portal::{Format, Portal, PortalExecutionState};
use pgwire::api::query::ExtendedQueryHandler;
use pgwire::api::results::{FieldInfo, QueryResponse, Response, Tag};
use pgwire::api::stmt::QueryParser;
use pgwire::api::store::{Entry, PortalStore};
use pgwire::api::{ClientInfo, ClientPortalStore, DEFAULT_NAME, PgWireConnectionState, Type};
use pgwire::error::{PgWireError, PgWireResult};
use pgwire::messages::PgWireBackendMessage;
use pgwire::messages::extendedquery::Execute;
use pgwire::messages::response::{EmptyQueryResponse, TransactionStatus};

use super::simple::{Done, after, failed_transaction, tag};
use super::{Handlers, send};
use crate::failure::{Failure, UNSUPPORTED};
use crate::running::{Planned, start};
use crate::statement::{Command, commands};

/// A statement that a client has prepared.
#[derive(Clone)]
pub(crate) struct Parsed {
    text: Arc<str>,
    command: Command,
    /// Of a question.
    planned: Option<Planned>,
    declared: Vec<Option<DataType>>,
}

#[async_trait]
impl QueryParser for Handlers {
    type Statement = Parsed;

    async fn parse_sql<C>(&self, client: &C, sql: &str, types: &[Option<Type>]) -> PgWireResult<Option<Parsed>>
    where
        C: ClientInfo + Unpin + Send + Sync,
    {
        let text: Arc<str> = Arc::from(sql);
        let mut all = commands(&text).map_err(|failure| self.refused(&text, failure))?;
        if all.len() > 1 {
            return Err(self.refused(&text, Failure::new("42601", "one statement at a time can be prepared")).into());
        }
        let Some(command) = all.pop() else { return Ok(None) };
        let declared: Vec<Option<DataType>> = types.iter().map(|ty| ty.as_ref().and_then(declared)).collect();
        let planned = match &command {
            Command::Question(_) if client.transaction_status() == TransactionStatus::Error => {
                return Err(self.refused(&text, failed_transaction()).into());
            }
            Command::Question(statement) => {
                let planned = self.planned(statement, declared.clone()).await;
                Some(planned.map_err(|failure| self.refused(&text, failure))?)
            }
            _ => None,
        };
        Ok(Some(Parsed { text, command, planned, declared }))
    }

    fn get_parameter_types(&self, statement: &Parsed) -> PgWireResult<Vec<Type>> {
        let Some(planned) = &statement.planned else { return Ok(Vec::new()) };
        planned.prepared.parameters().iter().map(into_pg_type).collect()
    }

    fn get_result_schema(&self, statement: &Parsed, format: Option<&Format>) -> PgWireResult<Vec<FieldInfo>> {
        let format = format.unwrap_or(&Format::UnifiedText);
        match (&statement.planned, &statement.command) {
            (Some(planned), _) => Ok(send::columns(&planned.prepared.schema(), format)?.to_vec()),
            (None, Command::Show(name)) if name == "all" => {
                Ok(send::texts(&["name", "setting"], vec![Vec::new(), Vec::new()])?.row_schema().to_vec())
            }
            (None, Command::Show(name)) => Ok(send::texts(&[name], vec![Vec::new()])?.row_schema().to_vec()),
            _ => Ok(Vec::new()),
        }
    }
}

/// The type of a parameter as a client declares it; of one that it does not know, none.
fn declared(ty: &Type) -> Option<DataType> {
    Some(match *ty {
        Type::BOOL => DataType::Boolean,
        Type::INT2 => DataType::Int16,
        Type::INT4 => DataType::Int32,
        Type::INT8 => DataType::Int64,
        Type::FLOAT4 => DataType::Float32,
        Type::FLOAT8 => DataType::Float64,
        Type::NUMERIC => DataType::Decimal128(38, 10),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => DataType::Utf8,
        Type::DATE => DataType::Date32,
        Type::TIMESTAMP => DataType::Timestamp(TimeUnit::Microsecond, None),
        _ => return None,
    })
}

#[async_trait]
impl ExtendedQueryHandler for Handlers {
    type Statement = Parsed;
    type QueryParser = Self;

    fn query_parser(&self) -> Arc<Self> {
        Arc::new(self.clone())
    }

    async fn on_execute<C>(&self, client: &mut C, message: Execute) -> PgWireResult<()>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore<Statement = Parsed>,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        client.set_state(PgWireConnectionState::QueryInProgress);
        let name = message.name.as_deref().unwrap_or(DEFAULT_NAME);
        let most = usize::try_from(message.max_rows).unwrap_or_default();
        match client.portal_store().get_portal(name) {
            Some(Entry::Value(portal)) => self.executed(client, &portal, most).await?,
            Some(Entry::Empty) => {
                client.feed(PgWireBackendMessage::EmptyQueryResponse(EmptyQueryResponse::new())).await?;
            }
            None => return Err(PgWireError::PortalNotFound(name.to_owned())),
        }
        client.set_state(PgWireConnectionState::ReadyForQuery);
        Ok(())
    }

    async fn do_query<C>(&self, _: &mut C, _: &Portal<Parsed>, _: usize) -> PgWireResult<Response>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore<Statement = Parsed>,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        // `on_execute` sends rows itself: the portals of pgwire would gather all of them first.
        Ok(Response::EmptyQuery)
    }
}

impl Handlers {
    async fn executed<C>(&self, client: &mut C, portal: &Portal<Parsed>, most: usize) -> PgWireResult<()>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore<Statement = Parsed>,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let state = portal.state();
        let mut state = state.lock().await;
        if matches!(*state, PortalExecutionState::Initial) {
            let status = client.transaction_status();
            let done = self.begun_portal(portal, status).await?;
            match done {
                Done::Rows(answer) => *state = PortalExecutionState::Suspended(answer),
                done => {
                    *state = PortalExecutionState::Finished;
                    client.set_transaction_status(after(&done, status));
                    if let Done::Forgotten(name) = &done {
                        client.portal_store().rm_statement(name);
                    }
                    let tag = Tag::new(tag(&done));
                    client.feed(PgWireBackendMessage::CommandComplete(tag.into())).await?;
                    return Ok(());
                }
            }
        }
        let PortalExecutionState::Suspended(answer) = &mut *state else {
            let tag = Tag::new("SELECT").with_rows(0);
            client.feed(PgWireBackendMessage::CommandComplete(tag.into())).await?;
            return Ok(());
        };
        let sent = send::send(client, answer, most).await;
        // Whatever ended it, its memory and its place are free from now on.
        if !matches!(sent, Ok(send::Sent::Some)) {
            *state = PortalExecutionState::Finished;
        }
        sent.map(drop)
    }

    async fn begun_portal(&self, portal: &Portal<Parsed>, status: TransactionStatus) -> PgWireResult<Done> {
        let statement = &portal.statement.statement;
        let (Command::Question(question), Some(planned)) = (&statement.command, &statement.planned) else {
            return self.carried_out(&statement.command, &statement.text, status).await;
        };
        let refused = |failure: Failure| self.refused(&statement.text, failure);
        if status == TransactionStatus::Error {
            return Err(refused(failed_transaction()).into());
        }
        let planned = self.newest(question, planned, &statement.declared).await.map_err(refused)?;
        self.answer_of(portal, planned).map(Done::Rows)
    }

    /// The plan over what is published now; a client that knows other columns by now has to prepare again.
    async fn newest(
        &self,
        question: &Arc<datafusion::sql::sqlparser::ast::Statement>,
        planned: &Planned,
        declared: &[Option<DataType>],
    ) -> Result<Planned, Failure> {
        let reader = self.0.shared.readers.of(self.0.asker()?.role).await?;
        if Arc::ptr_eq(&reader, &planned.reader) {
            return Ok(planned.clone());
        }
        let again = self.planned(question, declared.to_vec()).await?;
        if again.prepared.schema().fields() != planned.prepared.schema().fields() {
            return Err(Failure::new(UNSUPPORTED, "a newer publication has other columns").hint("prepare it again"));
        }
        Ok(again)
    }

    fn answer_of(&self, portal: &Portal<Parsed>, planned: Planned) -> PgWireResult<QueryResponse> {
        let text = &portal.statement.statement.text;
        let columns = send::columns(&planned.prepared.schema(), &portal.result_column_format)?;
        let values =
            self.values(portal, planned.prepared.parameters()).map_err(|failure| self.refused(text, failure))?;
        let running = start(&self.0, planned, values, Arc::clone(text));
        Ok(send::rows(running.map_err(|failure| self.refused(text, failure))?, columns))
    }

    /// The values of the parameters; what the reader of values says of one may quote it and is left out.
    #[expect(clippy::unused_self, reason = "it belongs to the connection's answers")]
    fn values(&self, portal: &Portal<Parsed>, types: &[DataType]) -> Result<Vec<ScalarValue>, Failure> {
        let (expected, given) = (types.len(), portal.parameters.len());
        if expected != given {
            let message = format!("the question has {expected} parameters, and {given} values were given");
            return Err(Failure::new("08P01", message));
        }
        if let Format::Individual(formats) = &portal.parameter_format
            && formats.len() != given
        {
            return Err(Failure::new("08P01", "there is not one format for each parameter"));
        }
        let types: Vec<Option<&DataType>> = types.iter().map(Some).collect();
        match deserialize_parameters(portal, &types) {
            Ok(ParamValues::List(values)) => Ok(values.into_iter().map(|value| value.value).collect()),
            Ok(ParamValues::Map(_)) => Err(Failure::new("08P01", "parameters have numbers, not names")),
            Err(_) => Err(Failure::new("22P02", "the value of a parameter is not of its type")),
        }
    }
}
