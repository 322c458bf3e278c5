//! Which crate may use which, read from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

/// What each crate may use of ours, without the prefix `yilian-`.
const ALLOWED: [(&str, &[&str]); 20] = [
    ("contract", &[]),
    ("token", &[]),
    ("intake", &["contract", "token"]),
    ("delivery", &["contract", "token"]),
    ("workbook", &["contract", "delivery", "intake"]),
    ("disclosure", &[]),
    ("engine", &["contract", "token"]),
    ("pipeline", &["contract", "token", "delivery", "disclosure", "engine"]),
    ("cluster", &["engine", "pipeline"]),
    ("micro", &["contract", "token", "disclosure", "release"]),
    ("access", &["engine", "micro"]),
    ("endpoint", &["access", "engine"]),
    ("review", &["contract", "token", "delivery", "pipeline"]),
    ("release", &["contract", "disclosure"]),
    ("synth", &[]),
    ("dept", &["contract", "token", "intake", "delivery", "workbook"]),
    (
        "hub",
        &[
            "contract",
            "token",
            "delivery",
            "engine",
            "pipeline",
            "cluster",
            "access",
            "endpoint",
            "review",
            "release",
            "micro",
            "disclosure",
        ],
    ),
    ("demo", &["token"]),
    ("benches", &["contract", "token", "delivery", "disclosure", "engine", "pipeline", "demo"]),
    (
        "acceptance",
        &[
            "contract",
            "token",
            "intake",
            "delivery",
            "disclosure",
            "engine",
            "pipeline",
            "access",
            "micro",
            "release",
            "demo",
        ],
    ),
];

/// Crates that may name DataFusion; everyone else builds and starts without it.
const WITH_DATAFUSION: [&str; 7] = ["engine", "pipeline", "cluster", "access", "endpoint", "hub", "acceptance"];

/// Crates that open connections or speak a network protocol; `tokio` does so by `mio` and `socket2` alone.
const NETWORK: [&str; 9] = ["reqwest", "hyper", "ureq", "rustls", "native-tls", "socket2", "mio", "curl", "quinn"];

#[test]
fn a_crate_uses_only_what_stands_below_it() {
    let metadata = metadata();
    let allowed = BTreeMap::from(ALLOWED);
    let mut forbidden = Vec::new();
    for package in ours(&metadata) {
        let name = short(package);
        let allowed = allowed.get(name).unwrap_or_else(|| panic!("crate `{name}` has no row in ALLOWED"));
        for dependency in &package.dependencies {
            let Some(used) = dependency.name.strip_prefix("yilian-") else { continue };
            if !allowed.contains(&used) {
                forbidden.push(format!("{name} -> {used}"));
            }
        }
    }
    assert!(forbidden.is_empty(), "forbidden edges: {}", forbidden.join(", "));
}

#[test]
fn datafusion_is_named_by_the_crates_of_the_hub_alone() {
    let metadata = metadata();
    for package in ours(&metadata) {
        let named = package.dependencies.iter().any(|dependency| dependency.name.starts_with("datafusion"));
        assert!(!named || WITH_DATAFUSION.contains(&short(package)), "{} names DataFusion", package.name);
    }
    for program in ["dept", "synth", "demo"] {
        let linked: Vec<_> =
            closure(&metadata, program).into_iter().filter(|name| name.starts_with("datafusion")).collect();
        assert!(linked.is_empty(), "{program} links {linked:?}");
    }
}

#[test]
fn the_hub_cannot_reach_the_code_that_reads_plain_identifiers() {
    let metadata = metadata();
    for program in ["hub", "pipeline", "engine", "access"] {
        assert!(!closure(&metadata, program).contains("yilian-intake"), "{program} reaches intake");
    }
    assert!(closure(&metadata, "dept").contains("yilian-intake"), "the closure is read wrongly");
}

#[test]
fn the_program_of_a_department_has_no_network_code() {
    // Built alone, as departments get it: beside the endpoint of the hub, features of what both link are united.
    let asked = Command::new(env!("CARGO"))
        .args(["tree", "--package", "yilian-dept", "--edges", "normal", "--prefix", "none", "--offline", "--locked"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .output()
        .unwrap();
    let tree = String::from_utf8(asked.stdout).unwrap();
    let linked: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(linked.contains("yilian-intake"), "the tree is read wrongly");
    let network: Vec<_> = linked.into_iter().filter(|name| NETWORK.contains(name)).collect();
    assert!(network.is_empty(), "yilian-dept links {network:?}");
}

#[test]
fn the_generator_shares_no_code_with_what_it_judges() {
    let metadata = metadata();
    let shared: Vec<_> = closure(&metadata, "synth").into_iter().filter(|name| name.starts_with("yilian-")).collect();
    assert_eq!(shared, ["yilian-synth"]);
}

fn metadata() -> Metadata {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    // What a build has downloaded is there, and nothing for other systems.
    let options = ["--offline", "--locked", "--filter-platform", "host-tuple"].map(str::to_owned);
    MetadataCommand::new().manifest_path(manifest).other_options(options).exec().unwrap()
}

fn ours(metadata: &Metadata) -> Vec<&Package> {
    metadata.workspace_packages()
}

fn short(package: &Package) -> &str {
    package.name.strip_prefix("yilian-").unwrap_or_else(|| panic!("{} is not named yilian-…", package.name))
}

/// Names of all packages that a program links, itself included; build scripts and tests apart.
fn closure(metadata: &Metadata, name: &str) -> BTreeSet<String> {
    let resolve = metadata.resolve.as_ref().unwrap();
    let nodes: BTreeMap<&PackageId, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let names: BTreeMap<&PackageId, &str> =
        metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
    let first = ours(metadata).into_iter().find(|package| short(package) == name).unwrap();
    let mut found = BTreeSet::from([&first.id]);
    let mut open = vec![&first.id];
    while let Some(id) = open.pop() {
        for dependency in &nodes[id].deps {
            let is_normal = dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
            if is_normal && found.insert(&dependency.pkg) {
                open.push(&dependency.pkg);
            }
        }
    }
    found.into_iter().map(|id| names[id].to_owned()).collect()
}
