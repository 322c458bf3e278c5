//! Bytes read as changes of something sound: random bytes alone would never come past the first check.

/// What the target is given: bytes as they are, or a sound sample with some changes.
pub(crate) fn input(samples: &[impl AsRef<[u8]>], bytes: &[u8]) -> Vec<u8> {
    match bytes {
        [] => Vec::new(),
        [choice, rest @ ..] if *choice < 32 => rest.to_vec(),
        [choice, rest @ ..] => {
            let sample =
                samples.get(usize::from(*choice) % samples.len().max(1)).map(|sample| sample.as_ref().to_vec());
            rest.chunks_exact(4)
                .fold(sample.unwrap_or_default(), |sample, edit| edited(sample, [edit[0], edit[1], edit[2], edit[3]]))
        }
    }
}

fn edited(mut sample: Vec<u8>, [kind, high, low, value]: [u8; 4]) -> Vec<u8> {
    if sample.is_empty() {
        return sample;
    }
    let at = usize::from(u16::from_be_bytes([high, low])) * sample.len() / 65_536;
    let end = (at + usize::from(value) + 1).min(sample.len());
    match kind % 8 {
        0 => sample[at] ^= value.max(1),
        1 => sample[at] = value,
        2 => sample.insert(at, value),
        3 => drop(sample.drain(at..end)),
        4 => {
            let again = sample[at..end].to_vec();
            sample.splice(at..at, again);
        }
        5 => sample.truncate(at),
        // What tables, texts and tars are full of.
        6 => sample[at] = b"\n,\t\"0X \0"[usize::from(value) % 8],
        _ => sample[at..end].reverse(),
    }
    sample
}
