//! The messages of the protocol, as pgwire hands them over: logging in, and questions in one message or in several.

mod extended;
mod login;
mod send;
mod simple;

use std::sync::Arc;

use async_trait::async_trait;
use pgwire::api::PgWireServerHandlers;
use pgwire::api::auth::StartupHandler;
use pgwire::api::cancel::CancelHandler;
use pgwire::api::query::{ExtendedQueryHandler, SimpleQueryHandler};
use pgwire::messages::cancel::CancelRequest;

use crate::connection::Connection;
pub(crate) use login::Login;

/// One connection's answers to messages.
#[derive(Clone)]
pub(crate) struct Handlers(pub(crate) Arc<Connection>);

impl PgWireServerHandlers for Handlers {
    fn startup_handler(&self) -> Arc<impl StartupHandler> {
        Arc::new(self.clone())
    }

    fn simple_query_handler(&self) -> Arc<impl SimpleQueryHandler> {
        Arc::new(self.clone())
    }

    fn extended_query_handler(&self) -> Arc<impl ExtendedQueryHandler> {
        Arc::new(self.clone())
    }

    fn cancel_handler(&self) -> Arc<impl CancelHandler> {
        Arc::new(self.clone())
    }
}

#[async_trait]
impl CancelHandler for Handlers {
    /// Ends what another connection runs, if the request knows its key; nothing is answered either way.
    async fn on_cancel_request(&self, request: CancelRequest) {
        let cancels = self.0.shared.cancels.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(cancel) = cancels.get(&(request.pid, request.secret_key.to_bytes())) {
            cancel.notify_waiters();
        }
    }
}
