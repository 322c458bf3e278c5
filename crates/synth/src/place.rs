//! Counties, townships and villages.

use std::collections::BTreeMap;

use crate::dice::Dice;
use crate::error::SynthError;

/// The townships that the generator knows by name of their county: `county township township …`, from the
/// statistical codes of 2023.
const TOWNSHIPS: &str = include_str!("../data/townships.txt");
/// Counties where people come from or move to when a world has one county alone.
const ELSEWHERE: [u32; 3] = [150_602, 150_603, 150_627];

/// Codes of today with one that they replaced.
const OLD_CODES: [(u32, u32); 6] = [
    (150_123, 152_622),
    (150_124, 152_623),
    (150_125, 152_621),
    (150_627, 152_728),
    (371_503, 371_523),
    (520_327, 522_127),
];

/// A place of 12 digits: county (6), township (3), village (3); zeros where only the county is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Region(pub u64);

impl Region {
    /// The six digits of the county.
    pub fn county(self) -> u32 {
        u32::try_from(self.0 / 1_000_000).unwrap_or(0)
    }

    /// The code that the county had in earlier lists, which some offices still write, where it is known.
    pub fn old_county(self) -> Option<u32> {
        let county = self.county();
        OLD_CODES.iter().find(|(now, _)| *now == county).map(|(_, old)| *old)
    }

    /// True if there is a township in it.
    pub const fn has_township(self) -> bool {
        !self.0.is_multiple_of(1_000_000)
    }

    /// The three-digit urban-rural class that the generator gives this village.
    pub const fn village_class(self) -> u32 {
        match (self.0 / 1_000 % 1_000, self.0 % 1_000) {
            (0..100, 30..) | (400.., _) => 112,
            (0..100, _) => 111,
            (100..200, 0..10) => 121,
            (100..200, 10..20) => 122,
            (200..400, 0..5) => 210,
            _ => 220,
        }
    }
}

/// The counties of a world.
#[derive(Debug, Clone)]
pub struct Places {
    counties: Vec<u32>,
    townships: BTreeMap<u32, Vec<u32>>,
}

impl Places {
    /// Places for these counties.
    pub fn new(counties: &[u32]) -> Self {
        let mut townships = BTreeMap::new();
        for line in TOWNSHIPS.lines() {
            let mut numbers = line.split(' ').filter_map(|word| word.parse().ok());
            if let Some(county) = numbers.next() {
                townships.insert(county, numbers.collect());
            }
        }
        Self { counties: counties.to_vec(), townships }
    }

    /// The counties whose offices deliver.
    pub fn counties(&self) -> &[u32] {
        &self.counties
    }

    /// The code of the office that delivers for all counties: what their codes have in common, at 6, 4 or 2 digits.
    ///
    /// # Errors
    /// If they lie in several provinces.
    pub fn office(&self) -> Result<String, SynthError> {
        let mut provinces = Vec::new();
        for divisor in [1, 100, 10_000] {
            let mut codes: Vec<u32> = self.counties.iter().map(|county| county / divisor).collect();
            codes.sort_unstable();
            codes.dedup();
            if let [code] = codes.as_slice() {
                return Ok(code.to_string());
            }
            provinces = codes;
        }
        Err(SynthError::NoCommonOffice { provinces: provinces.len() })
    }

    /// A county of the world.
    pub fn any_county(&self, dice: &mut Dice) -> u32 {
        dice.pick(&self.counties)
    }

    /// Another county than this one; outside the world only if the world has no other.
    pub fn other_county(&self, than: u32, dice: &mut Dice) -> u32 {
        let mut others: Vec<u32> = self.counties.iter().copied().filter(|c| *c != than).collect();
        if others.is_empty() {
            others.extend(ELSEWHERE.iter().filter(|county| **county != than));
        }
        dice.pick(&others)
    }

    /// The county of the world in which home service is bought, if the world has it, else its first.
    pub fn home_service_county(&self) -> u32 {
        let yuquan = self.counties.iter().find(|county| **county == 150_104);
        yuquan.or(self.counties.first()).copied().unwrap_or(150_104)
    }

    /// A village in this county; the county alone where no township of it is known.
    pub fn village(&self, county: u32, dice: &mut Dice) -> Region {
        let base = u64::from(county) * 1_000_000;
        match self.townships.get(&county) {
            Some(townships) if !townships.is_empty() => {
                let township = dice.pick(townships);
                let village = 1 + dice.below(40);
                Region(base + u64::from(township) * 1_000 + u64::from(village))
            }
            _ => Region(base),
        }
    }

    /// Every village of the counties of the world, in order.
    pub fn villages(&self) -> impl Iterator<Item = Region> + '_ {
        self.counties.iter().flat_map(move |county| {
            let townships = self.townships.get(county).into_iter().flatten();
            let base = u64::from(*county) * 1_000_000;
            townships.flat_map(move |township| {
                (1..=40).map(move |village| Region(base + u64::from(*township) * 1_000 + village))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_office_is_what_the_counties_share() {
        let office = |counties: &[u32]| Places::new(counties).office();
        assert_eq!(office(&[150_104]).unwrap(), "150104");
        assert_eq!(office(&[150_102, 150_104, 150_102]).unwrap(), "1501");
        assert_eq!(office(&[150_102, 150_627]).unwrap(), "15");
        assert!(office(&[150_102, 371_502]).is_err());
    }

    #[test]
    fn villages_lie_in_their_county() {
        let places = Places::new(&[150_104]);
        let mut dice = Dice::new(1, 1);
        for _ in 0..50 {
            let village = places.village(150_104, &mut dice);
            assert_eq!(village.county(), 150_104);
            assert!(village.has_township());
        }
        assert!(!places.village(110_101, &mut dice).has_township());
        assert_eq!(places.other_county(150_104, &mut dice) / 100, 1506);
    }
}
