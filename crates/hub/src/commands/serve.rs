//! `yilian serve`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use yilian_access::Readable;
use yilian_endpoint::{CertificateFiles, Configuration, Edition, Endpoint, Limits, Publications, SourceError};
use yilian_pipeline::publication;
use yilian_pipeline::site::Site;

use crate::arguments::ServeArguments;
use crate::clock;
use crate::commands::memory::memory_bytes;
use crate::commands::{released, sql};
use crate::error::HubError;
use crate::printer::{self, Printer};

/// Answers questions over the network until it is told to stop.
pub(crate) fn run(
    arguments: &ServeArguments,
    site: &Path,
    schemas: Option<&Path>,
    printer: Printer,
) -> Result<ExitCode, HubError> {
    let site = Site::open(site)?;
    let runtime = super::runtime()?;
    let engine = sql::engine(&site)?;
    let configuration = configuration(arguments, &site)?;
    let publications = SitePublications { site: Arc::new(site), schemas: schemas.map(Path::to_owned) };
    runtime.block_on(async {
        let endpoint = Endpoint::bind(configuration, engine, Box::new(publications)).await?;
        tell(&endpoint, printer);
        endpoint.serve(super::told_to_stop()?).await;
        Ok::<_, HubError>(())
    })?;
    // What is still planned or computed holds nothing that has to be written.
    runtime.shutdown_timeout(Duration::from_secs(1));
    printer::note("the endpoint has stopped");
    Ok(ExitCode::SUCCESS)
}

fn configuration(arguments: &ServeArguments, site: &Site) -> Result<Configuration, HubError> {
    let memory = memory_bytes(&site.config().memory_limit)?;
    let query_bytes = match &arguments.query_memory {
        Some(text) => memory_bytes(text)?,
        None => memory / 4,
    };
    let pair = arguments.tls_certificate.clone().zip(arguments.tls_key.clone());
    Ok(Configuration {
        listen: arguments.listen.clone(),
        watch: (arguments.metrics != "off").then(|| arguments.metrics.clone()),
        certificate: pair.map(|(certificate, key)| CertificateFiles { certificate, key }),
        vault: site.vault(),
        limits: Limits {
            memory_bytes: memory,
            query_bytes,
            query_time: Duration::from_secs(arguments.query_seconds),
            query_rows: arguments.query_rows,
            user_queries: usize::try_from(arguments.user_queries).unwrap_or(usize::MAX),
            connections: usize::try_from(arguments.connections).unwrap_or(usize::MAX),
        },
        clock: clock::now,
        console: printer::note,
    })
}

fn tell(endpoint: &Endpoint, printer: Printer) {
    let address = endpoint.address().map(|address| address.to_string()).unwrap_or_default();
    let watch = endpoint.watch_address().map(|address| address.to_string());
    let fingerprint = endpoint.fingerprint();
    printer.answer(
        || {
            let watched =
                watch.as_ref().map(|watch| format!("\nhealth and metrics on http://{watch}")).unwrap_or_default();
            format!("listening on {address}{watched}\nSHA-256 of the certificate: {fingerprint}")
        },
        || json!({ "address": address, "metrics": watch, "fingerprint": fingerprint }),
    );
}

/// What a site has published: its newest run and the newest published version of each year.
struct SitePublications {
    site: Arc<Site>,
    schemas: Option<PathBuf>,
}

#[async_trait]
impl Publications for SitePublications {
    async fn edition(&self) -> Result<Edition, SourceError> {
        let number = publication::newest_number(self.site.store()).await?.ok_or(HubError::NothingPublished)?;
        Ok(Edition { number, mark: format!("{number} {}", released::newest(&self.site)?) })
    }

    async fn readable(&self) -> Result<Readable, SourceError> {
        Ok(sql::readable(&self.site, self.schemas.as_deref()).await?)
    }
}
