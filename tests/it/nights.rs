//! A night that computes what has changed publishes the bytes of one that computes everything: over sequences of late and
//! corrected deliveries, answers, changes of a rule and days that pass.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use yilian_demo::{Extract, Offices, PackedExtract, RunOptions, World};

use crate::determinism::unopened_hub;
use crate::extract_rows::{Everybody, Rows};
use crate::feedback::delivery_of;
use crate::fixture::{copy_of, files_below, new_folder, pack_options, shared};

const PLACE: &str = "1501";
const SEQUENCES: u32 = 3;
/// Deliveries that a sequence keeps back for later nights.
const LATE: usize = 12;
/// The rule that a sequence changes.
const RULE: &str = "X07.yaml";

/// What happens before a night. The number chooses among what there is.
#[derive(Debug, Clone, Copy)]
enum Event {
    Late(usize),
    Corrected(usize),
    Answered(usize),
    RuleChanged,
    MonthPassed,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => any::<prop::sample::Index>().prop_map(|at| Event::Late(at.index(LATE))),
        3 => any::<prop::sample::Index>().prop_map(|at| Event::Corrected(at.index(1 << 16))),
        1 => any::<prop::sample::Index>().prop_map(|at| Event::Answered(at.index(1 << 16))),
        1 => Just(Event::RuleChanged),
        1 => Just(Event::MonthPassed),
    ]
}

#[test]
fn a_night_that_computes_what_has_changed_publishes_the_bytes_of_one_that_computes_everything() {
    // The events are chosen the same way whenever the test runs; keys, tokens and ids are not.
    let mut runner = TestRunner::new_with_rng(
        Config { cases: SEQUENCES, failure_persistence: None, max_shrink_iters: 0, ..Config::default() },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    runner
        .run(&(any::<prop::sample::Index>(), vec(event(), 4)), |(first, events)| {
            let mut site = Site::open("nights", first.index(shared().packed.len()));
            for event in events {
                site.happens(event);
                site.night(event);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_is_kept_from_night_to_night_changes_with_what_it_follows_from_and_with_nothing_else() {
    let site = Site::open("kept", 0);
    let december = |(extract, _): &(Extract, Rows)| extract.dataset == "pension_payment" && extract.period == "2025-12";
    let at = site.everybody.extracts.iter().position(december).unwrap();
    let before = site.kept_files();
    site.correct(at);
    site.night(Event::Corrected(at));
    let after = site.kept_files();
    let is_of = |table: &str, files: &BTreeSet<String>| files.iter().any(|file| file.contains(table));
    let (gone, stayed): (BTreeSet<String>, BTreeSet<String>) =
        (before.difference(&after).cloned().collect(), before.intersection(&after).cloned().collect());
    assert!(is_of("hub.benefit_month", &gone) && is_of("work.accounting", &gone), "{gone:?}");
    assert!(is_of("work.register_day", &stayed) && is_of("work.benefit_payee_closed", &stayed), "{stayed:?}");
    // December is open: the closed months have files of their own.
    assert!(is_of("hub.benefit_month", &stayed) && is_of("work.received_closed", &stayed), "{stayed:?}");
}

/// Six offices on their way through a sequence.
struct Site {
    name: &'static str,
    offices: Offices,
    everybody: Everybody,
    late: Vec<PackedExtract>,
    as_of: (i32, u32),
    answers: u32,
}

impl Site {
    /// Most deliveries are there on the first night; the late ones follow one another from `first` on.
    fn open(name: &'static str, first: usize) -> Self {
        let offices = unopened_hub(name);
        let mut packed = shared().packed.clone();
        packed.rotate_left(first);
        let on_time = packed.split_off(LATE);
        offices.hand_over(&on_time).unwrap();
        // When this month has passed, further months are closed.
        let as_of = (2026, 3);
        let site = Self { name, offices, everybody: Everybody::invented(), late: packed, as_of, answers: 0 };
        site.offices.run(&site.run_options()).unwrap();
        site
    }

    fn run_options(&self) -> RunOptions {
        let (year, month) = self.as_of;
        RunOptions { as_of: format!("{year}-{month:02}-28"), further: vec!["--buckets".to_owned(), "4".to_owned()] }
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Late(at) if !self.late.is_empty() => {
                let late = self.late.remove(at % self.late.len());
                self.offices.hand_over(&[late]).unwrap();
            }
            Event::Late(at) | Event::Corrected(at) => self.correct(at),
            Event::Answered(at) => self.answer(at),
            Event::RuleChanged => self.change_rule(),
            Event::MonthPassed => self.as_of.1 += 1,
        }
    }

    /// Delivers an extract again, with every seventh row left out.
    fn correct(&self, at: usize) {
        let (extract, rows) = &self.everybody.extracts[at % self.everybody.extracts.len()];
        let [kept, _] = Rows::parted(rows, |number, _| number % 7 != at % 7);
        let corrected = kept.write(&new_folder(&format!("{}_extract", self.name)), extract, &extract.period);
        let world = World { place: PLACE.to_owned(), extracts: vec![corrected] };
        let packed = self.offices.pack_all(&world, &pack_options()).unwrap();
        self.offices.hand_over(&packed).unwrap();
    }

    /// Answers one of the open flags.
    fn answer(&mut self, at: usize) {
        self.answers += 1;
        let query = "select flag_id from hub.overlap where status in ('new', 'open') order by flag_id";
        let open = self.offices.sql("operator", query).unwrap();
        let flag = open[at % open.len()]["flag_id"].to_string();
        let decided_on = format!("2026-02-{:02}", self.answers);
        let extract = self.offices.folder().join("answers.csv");
        let header = "线索编号,核实结论,已听取本人意见,核实日期";
        fs::write(&extract, format!("{header}\n{},政策允许,是,{decided_on}\n", flag.trim_matches('"'))).unwrap();
        let (extract, site) = (text(&extract), text(&self.offices.department("civil_affairs")));
        let arguments =
            ["pack", &extract, "--dataset", "disposition", "--period", &decided_on, "--site", &site, "--json"];
        let packed: Value = self.offices.programs().run("yilian-dept", arguments).unwrap().json().unwrap();
        let delivery = delivery_of(&packed);
        fs::copy(&delivery, self.offices.inbox().join(delivery.file_name().unwrap())).unwrap();
    }

    /// Makes a rule's findings violations or something to be looked at, in turns.
    fn change_rule(&self) {
        let file = self.offices.pipeline().parent().unwrap().join("rules").join(RULE);
        let rule = fs::read_to_string(&file).unwrap();
        let changed = if rule.contains("severity: review") {
            rule.replace("severity: review", "severity: info")
        } else {
            rule.replace("severity: violation", "severity: review").replace("severity: info", "severity: violation")
        };
        assert_ne!(changed, rule);
        fs::write(&file, changed).unwrap();
    }

    /// Makes a night here, and the same night in a copy that has nothing of the nights before to go by.
    fn night(&self, event: Event) {
        let everything = copy_of(&self.offices, &format!("{}_everything", self.name));
        fs::remove_dir_all(kept(&everything)).unwrap();
        self.offices.run(&self.run_options()).unwrap();
        everything.run(&self.run_options()).unwrap();
        let published = |offices: &Offices| -> Vec<(String, Vec<u8>)> {
            let files = ["publications", "runs"].map(|folder| files_below(&offices.store().join(folder))).concat();
            let name = |file: &Path| text(file.strip_prefix(offices.store()).unwrap());
            files.iter().map(|file| (name(file), fs::read(file).unwrap())).collect()
        };
        let (one, other) = (published(&self.offices), published(&everything));
        let differing: Vec<&String> =
            one.iter().zip(&other).filter(|(one, other)| one != other).map(|(one, _)| &one.0).collect();
        assert!(one.len() == other.len() && differing.is_empty(), "after {event:?}: {differing:?}");
    }

    /// The names of the files that are kept for the next night, which tell what their rows follow from.
    fn kept_files(&self) -> BTreeSet<String> {
        let kept = kept(&self.offices);
        files_below(&kept).iter().map(|file| text(file.strip_prefix(&kept).unwrap())).collect()
    }
}

fn kept(offices: &Offices) -> PathBuf {
    offices.hub().join("vault").join("kept")
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
