//! Several machines for one run: what is published has the bytes of a local run, also when a machine is lost.

#[cfg(feature = "cluster")]
mod several_machines;

#[cfg(not(feature = "cluster"))]
#[test]
fn a_program_without_the_feature_says_how_it_is_built() {
    let hub = crate::fixture::shared().offices.hub().display().to_string();
    let arguments = ["run", "pipelines/nightly.yaml", "--site", &hub, "--cluster", "df://127.0.0.1:1"];
    let storage = ["--cluster-storage", "s3://cluster"];
    let refused = crate::fixture::programs().try_run("yilian", arguments.into_iter().chain(storage)).unwrap();
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(refused.stderr.contains("--features cluster"), "{}", refused.stderr);
}
