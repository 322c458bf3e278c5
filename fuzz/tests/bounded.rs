//! The targets with seeded bytes, a bounded number of times; `YILIAN_FUZZ_RUNS` sets how often.

/// The generator `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn bytes(&mut self) -> Vec<u8> {
        // Most samples get a few changes, some get none, and some inputs are raw.
        let choice = u8::try_from(self.next() % 256).unwrap();
        let length = if choice < 32 { self.next() % 400 } else { self.next() % 6 * 4 };
        std::iter::once(choice).chain((0..length).map(|_| u8::try_from(self.next() % 256).unwrap())).collect()
    }
}

fn run(target: fn(&[u8]), times: u64) {
    let times = std::env::var("YILIAN_FUZZ_RUNS").ok().and_then(|text| text.parse().ok()).unwrap_or(times);
    for seed in 0..times {
        let bytes = Random(seed).bytes();
        let failed = std::panic::catch_unwind(|| target(&bytes)).is_err();
        assert!(!failed, "seed {seed}: {bytes:?}");
    }
}

#[test]
fn an_extract_of_anything_is_read_or_refused_and_never_leaves_against_its_contract() {
    run(yilian_fuzz::extract_reader, 3000);
}

#[test]
fn a_delivery_of_anything_is_refused_unless_its_sender_signed_it() {
    run(yilian_fuzz::delivery_reader, 20_000);
}

#[test]
fn of_an_accepted_delivery_nothing_is_proven_but_what_its_sender_signed() {
    run(yilian_fuzz::accepted_reader, 20_000);
}
