//! A thousand damaged extracts: none makes the program fail, none delivers a row that its contract forbids, and each
//! says why a row or the file stays behind.

mod checker;
mod extracts;
mod mutate;

use std::sync::atomic::{AtomicUsize, Ordering};

use yilian_intake::{Fault, IntakeError};

use crate::office::Office;
use checker::{Checker, holds_a_number};
use extracts::extracts;
use mutate::{Random, mutate};

const EXTRACTS: u64 = 1000;

static PANICS: AtomicUsize = AtomicUsize::new(0);

#[test]
fn a_thousand_damaged_extracts_never_deliver_what_the_contract_forbids_and_always_say_why() {
    let before = std::panic::take_hook();
    // The reader of workbooks has a thread of its own, whose panic would be seen by nobody.
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        before(panic);
    }));
    let office = Office::new();
    let extracts = extracts();
    let (mut delivered, mut refused, mut judged) = (0, 0, 0);
    for seed in 0..EXTRACTS {
        let mut random = Random::new(seed);
        let extract = random.pick(&extracts);
        let bytes = mutate(&mut random, &extract.bytes);
        let path = office.file("extract", &bytes);
        let said = match office.prepare_file(extract.dataset, &path) {
            Ok(prepared) => {
                let checker = Checker::new(extract.dataset, &office.key);
                judged += checker.check(&prepared, &bytes).unwrap_or_else(|wrong| panic!("seed {seed}: {wrong}"));
                delivered += prepared.counts.delivered;
                let rejects = std::fs::read_to_string(&prepared.rejects).unwrap();
                assert!(prepared.counts.balance(), "seed {seed}");
                assert!(
                    rejects.lines().count() as u64 > prepared.counts.rejected_rows(),
                    "seed {seed}: why is not said"
                );
                format!("{:?}{rejects}", prepared.findings)
            }
            Err(error) => {
                refused += 1;
                assert_eq!(error.fault(), Fault::Input, "seed {seed}: {error}");
                if let IntakeError::Refused { problems, .. } = &error {
                    assert!(!problems.is_empty(), "seed {seed}");
                }
                let said = error.to_string();
                assert!(said.contains("hint: "), "seed {seed}: {said}");
                format!("{said}{error:?}")
            }
        };
        assert!(!holds_a_number(&said), "seed {seed}: {said}");
    }
    assert_eq!(PANICS.load(Ordering::Relaxed), 0, "something failed out of sight");
    // The damage is neither always fatal nor always harmless, and the checker saw nearly every row.
    assert!((150..850).contains(&refused), "{refused} refused");
    assert!(delivered > 5_000 && judged * 100 > delivered * 95, "{judged} of {delivered} rows checked");
}
