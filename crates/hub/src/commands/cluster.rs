//! `yilian cluster`, and whom `yilian run --cluster` asks.

#[cfg(feature = "cluster")]
mod ballista;

#[cfg(feature = "cluster")]
pub(crate) use ballista::{of_run, run};

/// A cluster that a run asks for is an error of the command line here.
#[cfg(not(feature = "cluster"))]
pub(crate) fn of_run(
    arguments: &crate::arguments::RunArguments,
) -> Result<Option<yilian_pipeline::run::Cluster>, crate::error::HubError> {
    match (&arguments.cluster, &arguments.cluster_storage) {
        (None, None) => Ok(None),
        _ => Err(crate::error::HubError::NoCluster),
    }
}
