//! Logging in: over TLS alone, with SCRAM-SHA-256 alone.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::{Sink, SinkExt};
use pgwire::api::auth::{
    DefaultServerParameterProvider, StartupHandler, finish_authentication, protocol_negotiation,
    save_startup_parameters_to_metadata,
};
use pgwire::api::{ClientInfo, METADATA_USER, PgWireConnectionState, PidSecretKeyGenerator};
use pgwire::error::{PgWireError, PgWireResult};
use pgwire::messages::startup::{Authentication, PasswordMessageFamily, Startup};
use pgwire::messages::{PgWireBackendMessage, PgWireFrontendMessage};
use yilian_access::Role;

use super::Handlers;
use crate::catalogue::VERSION;
use crate::connection::{Asker, Place};
use crate::failure::Failure;
use crate::scram::{BOUND, Exchange, PLAIN, Refusal, Verifier};
use crate::users::Users;

/// A wrong password is answered after so long: who guesses gets few tries.
const PAUSE: Duration = Duration::from_millis(700);

/// How far a login has come.
#[derive(Default)]
pub(crate) enum Login {
    #[default]
    Begun,
    /// The client has been asked to prove that it knows the password.
    Asked(Box<Exchange>, String, Option<Role>),
    /// It may not try again.
    Ended,
}

#[async_trait]
impl StartupHandler for Handlers {
    async fn on_startup<C>(&self, client: &mut C, message: PgWireFrontendMessage) -> PgWireResult<()>
    where
        C: ClientInfo + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        match message {
            PgWireFrontendMessage::Startup(startup) => self.begun(client, &startup).await,
            PgWireFrontendMessage::PasswordMessageFamily(message) => self.answered(client, message).await,
            _ => Err(Failure::fatal("08P01", "a login was expected").into()),
        }
    }
}

impl Handlers {
    /// Asks for a password; over an open connection none is asked for, since it could be seen.
    async fn begun<C>(&self, client: &mut C, startup: &Startup) -> PgWireResult<()>
    where
        C: ClientInfo + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        if !client.is_secure() {
            let failure = Failure::fatal("28000", "connections without TLS are refused");
            return Err(failure.hint("connect with sslmode=require, or verify-full and the certificate").into());
        }
        if self.0.place == Place::None {
            let most = self.0.shared.limits.connections;
            return Err(Failure::fatal("53300", format!("all {most} connections are taken")).into());
        }
        protocol_negotiation(client, startup).await?;
        save_startup_parameters_to_metadata(client, startup);
        // What a client sends of its settings and we do not know, or would refuse, is no reason to turn it away.
        for (name, value) in &startup.parameters {
            let _ = self.0.settings().set(name, Some(value));
        }
        client.set_state(PgWireConnectionState::AuthenticationInProgress);
        let mut offered = vec![PLAIN.to_owned()];
        if self.0.shared.binding.is_some() {
            offered.insert(0, BOUND.to_owned());
        }
        client.send(PgWireBackendMessage::Authentication(Authentication::SASL(offered))).await?;
        Ok(())
    }

    async fn answered<C>(&self, client: &mut C, message: PasswordMessageFamily) -> PgWireResult<()>
    where
        C: ClientInfo + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let mut login = self.0.login.lock().await;
        match std::mem::replace(&mut *login, Login::Ended) {
            Login::Begun => {
                let message = message.into_sasl_initial_response()?;
                let name = client.metadata().get(METADATA_USER).cloned().unwrap_or_default();
                let shared = &self.0.shared;
                let users = Users::load(&shared.users).map_err(|error| {
                    (shared.console)(&format!("nobody can log in: {error}"));
                    Failure::fatal("58030", "nobody can log in now")
                        .hint("the reason stands on the console of the endpoint")
                })?;
                let (role, verifier) = match users.find(&name) {
                    Some((role, verifier)) => (Some(role), verifier),
                    None => (None, Verifier::of_nobody(&shared.nobody, &name)),
                };
                let first = message.data.unwrap_or_default();
                let exchange = Exchange::begin(&first, &message.auth_method, shared.binding.as_deref(), verifier)
                    .map_err(|refusal| self.turned_away(refusal, &name))?;
                let text = Bytes::from(exchange.server_first().to_owned());
                *login = Login::Asked(Box::new(exchange), name, role);
                client.send(PgWireBackendMessage::Authentication(Authentication::SASLContinue(text))).await?;
                Ok(())
            }
            Login::Asked(exchange, name, role) => {
                let message = message.into_sasl_response()?;
                let proved =
                    exchange.finish(&message.data).and_then(|proof| Ok((proof, role.ok_or(Refusal::Password)?)));
                let (proof, role) = match proved {
                    Ok(proved) => proved,
                    Err(refusal) => {
                        tokio::time::sleep(PAUSE).await;
                        return Err(self.turned_away(refusal, &name).into());
                    }
                };
                client.send(PgWireBackendMessage::Authentication(Authentication::SASLFinal(proof.into()))).await?;
                let (number, key) = self.0.shared.keys.generate(client);
                let places = self.0.shared.places_of(&name);
                self.0.is_of(Asker { name, role, places }, (number, key.to_bytes()));
                client.set_pid_and_secret_key(number, key);
                let parameters = parameters(&self.0.settings());
                finish_authentication(client, &parameters).await
            }
            Login::Ended => Err(Failure::fatal("08P01", "the login has ended").into()),
        }
    }

    fn turned_away(&self, refusal: Refusal, name: &str) -> Failure {
        self.0.shared.metrics.login_refused();
        match refusal {
            Refusal::Password => Failure::fatal("28P01", format!("wrong user or password for \"{name}\"")),
            Refusal::Channel => Failure::fatal("28000", "the connection is not the one that the client sees")
                .hint("somebody may stand in between; compare the fingerprint of the certificate"),
            Refusal::Malformed => Failure::fatal("08P01", "this is no message of SCRAM-SHA-256"),
        }
    }
}

/// What a client is told of the server when it has logged in.
fn parameters(settings: &crate::settings::Settings) -> DefaultServerParameterProvider {
    let mut parameters = DefaultServerParameterProvider::default();
    VERSION.clone_into(&mut parameters.server_version);
    parameters.is_superuser = false;
    parameters.default_transaction_read_only = true;
    parameters.scram_iterations = crate::scram::ITERATIONS as usize;
    let of = |name: &str| settings.get(name).unwrap_or_default().to_owned();
    parameters.search_path = of("search_path");
    parameters.time_zone = of("timezone");
    parameters.date_style = of("datestyle");
    parameters
}
