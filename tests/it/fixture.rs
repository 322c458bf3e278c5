//! The shared hub: invented people through the whole chain once, and folders that a test may change.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use yilian_demo::{Offices, PackOptions, PackedExtract, Programs, RunOptions, Setup, World};

/// The day of every run in these tests: all months of 2025 are over and all deliveries are due.
pub(crate) const AS_OF: &str = "2026-02-28";

const PEOPLE: &str = "2000";
/// So few that a release of them is made in seconds.
const FEW_PEOPLE: &str = "300";

/// A chain that has run: the generator's folder, six offices, what was packed.
pub(crate) struct Chain {
    pub(crate) invented: PathBuf,
    pub(crate) offices: Offices,
    pub(crate) packed: Vec<PackedExtract>,
}

/// The built programs; says what to do where they are missing.
pub(crate) fn programs() -> Programs {
    let programs = Programs::beside_this_one().unwrap();
    if let Err(error) = programs.require(&["yilian-synth", "yilian-dept", "yilian", "yilian-demo"]) {
        panic!("{error}\nhint: {}", error.hint().unwrap_or_default());
    }
    programs
}

/// 2,000 invented people, some of them marked, through the whole chain; made once for all tests.
///
/// Nobody may change it: a test that does takes [`copy_of`] first.
pub(crate) fn shared() -> &'static Chain {
    static SHARED: OnceLock<Chain> = OnceLock::new();
    SHARED.get_or_init(|| invented("shared", PEOPLE))
}

/// A few hundred invented people through the whole chain, in a folder of that name, for a test that makes releases.
pub(crate) fn few_people(name: &str) -> Chain {
    invented(name, FEW_PEOPLE)
}

fn invented(name: &str, people: &str) -> Chain {
    let folder = new_folder(name);
    let invented = folder.join("invented");
    let out = invented.display().to_string();
    programs()
        .run("yilian-synth", ["--persons", people, "--seed", "1", "--year", "2025", "--markers", "--out", &out])
        .unwrap();
    let world = World::generated(&invented).unwrap();
    let offices = set_up(&folder, &world);
    offices.supply_village_classes(&invented.join("village_classes.csv")).unwrap();
    offices.keep_rule_book(&[("standard_amount", &invented.join("standards.csv"))]).unwrap();
    let packed = chain(&offices, &world);
    Chain { invented, offices, packed }
}

/// Sets up six offices below `folder`.
pub(crate) fn set_up(folder: &Path, world: &World) -> Offices {
    let setup = Setup { place: world.place.clone(), algorithm: "HS256".to_owned() };
    Offices::set_up(&programs(), &folder.join("offices"), &setup).unwrap()
}

/// Takes a world through the chain.
pub(crate) fn chain(offices: &Offices, world: &World) -> Vec<PackedExtract> {
    let packed = offices.pack_all(world, &pack_options()).unwrap();
    offices.hand_over(&packed).unwrap();
    offices.receive().unwrap().nothing_refused().unwrap();
    offices.run(&run_options(&[])).unwrap();
    packed
}

pub(crate) fn pack_options() -> PackOptions {
    PackOptions { side_by_side: 2, ..PackOptions::default() }
}

pub(crate) fn run_options(further: &[&str]) -> RunOptions {
    RunOptions { as_of: AS_OF.to_owned(), further: further.iter().map(|argument| (*argument).to_owned()).collect() }
}

/// A copy of six offices that a test may change.
pub(crate) fn copy_of(offices: &Offices, name: &str) -> Offices {
    let folder = new_folder(name);
    copy_folder(offices.folder(), &folder);
    Offices::open(&programs(), &folder)
}

/// An empty folder of that name below cargo's folder for tests.
pub(crate) fn new_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("yilian").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Every file below a folder, in order.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// Copies a folder with everything in it and its permission bits.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let copy = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &copy);
        } else {
            // Copying keeps the permission bits, which key files are judged by.
            fs::copy(entry.path(), copy).unwrap();
        }
    }
}
