//! What the rows let a hub know about a person: age, life, home, level, rolls.

use chrono::NaiveDate;

use crate::calendar::Month;
use crate::fact::{Assessor, Evidence, Fact, RegisterStatus, Says};
use crate::oracle::month_of_death;

/// What holds for a person besides the rows.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The year.
    pub year: i32,
    /// The day of birth, as every valid number says it.
    pub born: NaiveDate,
    /// The counties whose offices deliver.
    pub counties: &'a [u32],
    /// The month in which the registration moved: before it the place is not what the register says.
    pub moved: Option<Month>,
}

/// Whether something holds. `Open`: the documents or the rows leave it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// It does not.
    No,
    /// Nobody can say.
    Open,
    /// It does.
    Yes,
}

impl Sure {
    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// The opposite.
    #[must_use]
    pub const fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Open => Self::Open,
            Self::Yes => Self::No,
        }
    }

    /// At most open.
    #[must_use]
    pub fn doubted(self) -> Self {
        self.min(Self::Open)
    }
}

impl From<bool> for Sure {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

impl Setting<'_> {
    /// January of the year.
    pub const fn january(&self) -> Month {
        Month::new(self.year, 1)
    }

    /// From the month of the birthday.
    pub fn aged(&self, years: i32, month: Month) -> bool {
        month >= Month::of(self.born).plus(years * 12)
    }

    /// The month could be one of the place before a move.
    pub fn settled(&self, month: Month) -> Sure {
        if self.moved.is_some_and(|moved| month <= moved) { Sure::Open } else { Sure::Yes }
    }
}

/// Whether something happened after a month in which the person is said to have died: an assessment, an admission or
/// a visit.
pub fn lives_after(facts: &[&Fact], death: Month) -> bool {
    facts.iter().any(|fact| match &fact.says {
        Says::Assessed { on, .. } => Month::of(*on) > death,
        Says::Stay { admitted, .. } | Says::Hospital { admitted, .. } => Month::of(*admitted) > death,
        Says::Order(order) => order.service == "13" && Month::of(order.on) > death,
        _ => false,
    })
}

/// The last month in which the person may be entitled; none if nobody surely died.
pub fn last_lawful(facts: &[&Fact]) -> Option<Month> {
    month_of_death(facts).map(|(_, month, _)| month).filter(|month| !lives_after(facts, *month))
}

/// Whether the register, a certificate or a cremation says that the person died or moved away, whoever it is linked to.
pub fn said_dead_or_gone(facts: &[&Fact]) -> bool {
    facts.iter().any(|fact| match fact.says {
        Says::Death { evidence, .. } => evidence != Evidence::Stop,
        Says::Registered { status, .. } => status != RegisterStatus::Active,
        _ => false,
    })
}

/// Counties of residence and of registration.
pub fn home(facts: &[&Fact]) -> Option<(u32, u32)> {
    facts.iter().find_map(|fact| match fact.says {
        Says::Registered { residence, hukou, .. } => Some((residence, hukou)),
        _ => None,
    })
}

/// Whether a period of days covers a month: wholly, in part, or not.
pub fn covers(from: NaiveDate, last: NaiveDate, month: Month) -> Sure {
    let (first_day, last_day) = (month.first_day(), month.last_day());
    if from <= first_day && last >= last_day {
        Sure::Yes
    } else if from <= last_day && last >= first_day {
        Sure::Open
    } else {
        Sure::No
    }
}

/// Whether the person is at this level or above. Two offices that disagree leave it open.
pub fn level(facts: &[&Fact], least: u8, month: Month) -> Sure {
    let by = |wanted: Assessor| {
        let mut found = None;
        for fact in facts {
            if let Says::Assessed { level, by, on, valid_to } = fact.says
                && by == wanted
            {
                let counts = covers(on, valid_to, month);
                if counts != Sure::No {
                    let holds = if level >= least { counts } else { Sure::No };
                    found = Some(found.map_or(holds, |other: Sure| if other == holds { holds } else { Sure::Open }));
                }
            }
        }
        found
    };
    match (by(Assessor::CivilAffairs), by(Assessor::Insurance)) {
        (Some(one), Some(other)) if one == other => one,
        (Some(Sure::No) | None, None) => Sure::No,
        (Some(level), None) => level,
        // Nobody has said how the two scales compare.
        (None, Some(level)) => level.doubted(),
        _ => Sure::Open,
    }
}

/// Whether any assessment counts in the month.
pub fn assessed(facts: &[&Fact], month: Month) -> Sure {
    let counts = facts.iter().map(|fact| match fact.says {
        Says::Assessed { on, valid_to, .. } => covers(on, valid_to, month),
        _ => Sure::No,
    });
    counts.max().unwrap_or(Sure::No)
}

/// Whether a disability certificate of this grade or a heavier one counts in the month.
pub fn certified(facts: &[&Fact], heaviest_to: u8, month: Month) -> Sure {
    let counts = facts.iter().map(|fact| match fact.says {
        Says::Certificate { grade, issued, valid_to, valid } if grade <= heaviest_to && valid => {
            covers(issued, valid_to, month)
        }
        _ => Sure::No,
    });
    counts.max().unwrap_or(Sure::No)
}

/// Whether the person lies in an institution: the whole month, in part, or not.
pub fn in_institution(facts: &[&Fact], month: Month) -> Sure {
    let lies = facts.iter().map(|fact| match fact.says {
        Says::Stay { admitted, discharged, .. } => covers(admitted, discharged.pred_opt().unwrap_or(discharged), month),
        _ => Sure::No,
    });
    lies.max().unwrap_or(Sure::No)
}

/// Whether a roll has the person in the month; `central` asks for the mode.
pub fn on_roll(facts: &[&Fact], benefits: &[&str], mode: Option<bool>, month: Month) -> bool {
    facts.iter().any(|fact| match fact.says {
        Says::Roll { benefit, from, until, central, .. } => {
            benefits.contains(&benefit) && from <= month && month <= until && mode.is_none_or(|mode| mode == central)
        }
        _ => false,
    })
}

/// How the person lives, as the register says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four columns of the register, each yes or no")]
pub struct Living {
    /// 独居
    pub alone: bool,
    /// 空巢 or 留守
    pub left: bool,
    /// 特殊贡献
    pub merit: bool,
    /// 失智, 中度 or above.
    pub demented: bool,
}

/// How the person lives, as the register says.
pub fn living(facts: &[&Fact]) -> Living {
    let says = facts.iter().find_map(|fact| match fact.says {
        Says::Living { alone, left, merit, demented } => Some(Living { alone, left, merit, demented }),
        _ => None,
    });
    says.unwrap_or_default()
}

/// Whether the person is at this level of 失能, or of 失智. What the register alone says of 失智 is open.
pub fn needs_care(facts: &[&Fact], least: u8, month: Month) -> Sure {
    level(facts, least, month).or(Sure::from(living(facts).demented).doubted())
}

/// Whether the person is supported as 计划生育特殊家庭, and whether because the only child died.
pub fn special_family(facts: &[&Fact], only_childless: bool, month: Month) -> bool {
    facts.iter().any(|fact| match fact.says {
        Says::SpecialFamily { childless, from, until } => {
            (childless || !only_childless) && from <= month && month <= until
        }
        _ => false,
    })
}
