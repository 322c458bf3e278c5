//! Who is entitled and receives nothing, month by month, as far as the rows say.
//!
//! What the documents leave open, and how it is read:
//!
//! | gap | reading |
//! |---|---|
//! | all | a register row is needed; up to the month of death, and then open, as is whatever is owed to people of whom a row says that they are dead or moved away; what another county pays counts; a refusal or waiver silences from the month after it for eleven months, its own month and the twelfth after are open; so are the three after an application that waits |
//! | all, after a move | months up to the move are open |
//! | an assessment, certificate or stay of a part of the month | open; so is a level on which the two departments disagree, or that the insurance alone knows |
//! | `H`, `M` | any category that holds; a review of X15 or X26 bars nobody but leaves it open; an order of the service without a payment, a stay in an institution, and for meals 集中 support leave it open |
//! | `MZ02`, `MZ03` | 低保 is poor; 低保边缘, 特困, a slight disability and living alone are open |
//! | `MZ03`, `MZ10` | whoever holds the one has no gap of the other (X03); beside care that another scheme pays (YB01, MZ07, MZ08, MZ17, RS03) it is open |
//! | `MZ15` | no renovation by anybody of the household in the year; with one it is open, as beside a care bed at home or 集中 support |
//! | `MZ17` | in an institution already, which shows the wish |
//! | `RS` | no pension in any month of the year; single months are open |
//! | `WJ01` | meals as M5 prove that the only child died |
//! | `E-08` | 低保 or 特困 and no assessment of either department that counts |
//! | `visit` | every month; people in institutions are not meant, a disability below 重度 alone is open |

use std::collections::BTreeMap;

use crate::calendar::Month;
use crate::fact::{Fact, Says};
use crate::files::RowRef;
use crate::oracle::entitled::{Category, home_categories, home_service_barred, meal_categories};
use crate::oracle::known::{self, Setting, Sure};
use crate::oracle::{Holdings, holdings};

/// An entitlement without payment in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// Which gap of the rule book: `H`, `M`, `MZ01`, `RS`, `N-32` and so on.
    pub name: &'static str,
    /// What the person does not receive.
    pub benefit: &'static str,
    /// The month.
    pub month: Month,
}

/// What a gap rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// The categories that hold, or may hold where none does for sure.
    pub categories: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<RowRef>,
    /// The documents or the rows leave open whether it is one.
    pub open: bool,
}

/// The rows of one person without the bookings, and what they lead to.
struct Looker<'a> {
    facts: Vec<&'a Fact>,
    held: &'a Holdings,
    setting: &'a Setting<'a>,
    renovated: bool,
    gaps: BTreeMap<Gap, Proof>,
}

/// Every gap of a person; `renovated` says whether the household had its home renovated in the year.
pub fn judge(facts: &[&Fact], setting: &Setting<'_>, renovated: bool) -> BTreeMap<Gap, Proof> {
    let Some((residence, hukou)) = known::home(facts) else { return BTreeMap::new() };
    let judged = |county: u32| setting.counties.contains(&county);
    if !judged(hukou) && !judged(residence) {
        return BTreeMap::new();
    }
    let held = holdings(facts, setting.year);
    let last = known::last_lawful(facts).unwrap_or(Month::new(setting.year, 12));
    let others = facts.iter().filter(|fact| !matches!(fact.says, Says::Booking(_))).copied().collect();
    let mut looker = Looker { facts: others, held: &held, setting, renovated, gaps: BTreeMap::new() };
    for month in setting.january().to(last.min(Month::new(setting.year, 12))) {
        if setting.aged(60, month) {
            looker.look(month);
        }
    }
    let mut gaps = looker.gaps;
    // A person who moved, or who lives where no office delivers: which place owes what is left open. So is what was owed
    // to somebody of whom any row says that they are dead or gone: there is nobody left to find.
    let doubtful = known::said_dead_or_gone(facts) || !judged(hukou) || !judged(residence);
    for (gap, proof) in &mut gaps {
        proof.open |= doubtful || setting.settled(gap.month) != Sure::Yes;
    }
    gaps
}

impl Looker<'_> {
    fn holds(&self, benefits: &[&str], month: Month) -> bool {
        let from = (month, ("", 0, ""));
        let until = (month.plus(1), ("", 0, ""));
        self.held.range(from..until).any(|((_, side), _)| benefits.contains(&side.0))
    }

    fn on_roll(&self, benefits: &[&str], month: Month) -> Sure {
        known::on_roll(&self.facts, benefits, None, month).into()
    }

    /// Open from the month of a refusal to a year after it, and silent between; open for three months while somebody waits.
    fn heard(&self, benefit: &str, month: Month) -> Sure {
        let turned_down = self.facts.iter().map(|fact| match fact.says {
            Says::TurnedDown { benefit: of, month: when } if of == benefit => match month {
                month if when < month && month < when.plus(12) => Sure::Yes,
                month if month == when || month == when.plus(12) => Sure::Open,
                _ => Sure::No,
            },
            Says::Waiting { benefit: of, month: when } if of == benefit && when <= month && month <= when.plus(3) => {
                Sure::Open
            }
            _ => Sure::No,
        });
        turned_down.max().unwrap_or(Sure::No)
    }

    fn add(&mut self, (name, benefit): (&'static str, &'static str), month: Month, sure: Sure, proof: &[Category]) {
        let sure = sure.and(self.heard(benefit, month).not());
        if sure == Sure::No {
            return;
        }
        let certain: Vec<&str> = proof.iter().filter(|(_, sure)| *sure == Sure::Yes).map(|(name, _)| *name).collect();
        let categories = if certain.is_empty() { proof.iter().map(|(name, _)| *name).collect() } else { certain };
        let proof = Proof { categories, rows: self.rows(name, month), open: sure == Sure::Open };
        self.gaps.insert(Gap { name, benefit, month }, proof);
    }

    /// The rows from which the entitlement follows.
    fn rows(&self, name: &str, month: Month) -> Vec<RowRef> {
        let proves = |fact: &&&Fact| match &fact.says {
            Says::Registered { .. } => true,
            Says::Roll { from, until, .. } => name != "RS" && name != "YB" && *from <= month && month <= *until,
            Says::Assessed { on, .. } => {
                matches!(name, "H" | "M" | "MZ02" | "MZ03" | "MZ17" | "YB") && Month::of(*on) <= month
            }
            Says::Certificate { .. } => matches!(name, "MZ09" | "MZ10" | "MZ15" | "visit"),
            Says::SpecialFamily { .. } => matches!(name, "H" | "M" | "visit"),
            Says::Enrolled { .. } => name == "YB",
            Says::Stay { .. } => name == "MZ17",
            _ => false,
        };
        self.facts.iter().filter(proves).map(|fact| fact.row).collect()
    }

    fn look(&mut self, month: Month) {
        self.services(month);
        self.old_age(month);
        self.disability(month);
        self.insurance(month);
        self.assistance(month);
        self.family(month);
    }

    /// An order of the service in the month, paid or not, or an institution that gives it all.
    fn served(&self, service: &str, month: Month) -> bool {
        let ordered = |fact: &&Fact| matches!(fact.says, Says::Order(order) if order.category.starts_with(service) && Month::of(order.on) == month);
        self.facts.iter().any(ordered) || known::in_institution(&self.facts, month) != Sure::No
    }

    /// H1 to H6 and M1 to M6: home service and meals.
    fn services(&mut self, month: Month) {
        let best = |categories: &[Category]| categories.iter().map(|(_, sure)| *sure).max().unwrap_or(Sure::No);
        let home = home_categories(&self.facts, self.setting, month);
        let insured_care = self.holds(&["YB01"], month);
        if !home.is_empty() && !self.holds(&["MZ11"], month) && !home_service_barred(&self.facts, insured_care, month) {
            // X15 and X26 are for review and bar nobody, but a hub may think otherwise.
            let doubtful = self.holds(&["MZ14", "MZ16", "MZ17"], month) || self.served("H", month);
            let sure = if doubtful { best(&home).doubted() } else { best(&home) };
            self.add(("H", "MZ11"), month, sure, &home);
        }
        let meal = meal_categories(&self.facts, self.setting, month);
        if !meal.is_empty() && !self.holds(&["MZ12"], month) {
            let doubtful = self.served("M", month) || known::on_roll(&self.facts, &["MZ07"], Some(true), month);
            let sure = if doubtful { best(&meal).doubted() } else { best(&meal) };
            self.add(("M", "MZ12"), month, sure, &meal);
        }
    }

    /// MZ01, MZ02, MZ03.
    fn old_age(&mut self, month: Month) {
        let oldest = Sure::from(self.setting.aged(80, month));
        if !self.holds(&["MZ01", "MZ04"], month) {
            self.add(("MZ01", "MZ01"), month, oldest, &[]);
        }
        let poor = self.poor(month);
        let alone = Sure::from(known::living(&self.facts).alone).doubted();
        let [slight, moderate, heavy] = [1, 2, 3].map(|least| known::level(&self.facts, least, month));
        let needy = oldest.or(moderate).or(slight.doubted()).or(alone);
        if !self.holds(&["MZ02", "MZ04"], month) {
            self.add(("MZ02", "MZ02"), month, self.less_paid_inside(poor.and(needy), month), &[]);
        }
        let cannot_care = heavy.or(moderate.doubted());
        if !self.holds(&["MZ03", "MZ04", "MZ10"], month) {
            let sure = self.less_paid_inside(poor.and(cannot_care), month);
            let elsewhere = self.holds(&["YB01", "RS03", "MZ07", "MZ08"], month);
            let sure = if elsewhere { sure.doubted() } else { sure };
            self.add(("MZ03", "MZ03"), month, sure, &[]);
        }
    }

    /// 低保 is poor; whether 低保边缘 and 特困 are meant is local.
    fn poor(&self, month: Month) -> Sure {
        self.on_roll(&["MZ05"], month).or(self.on_roll(&["MZ06", "MZ07"], month).doubted())
    }

    /// What 集中照护 is lowered by need not be paid beside it.
    fn less_paid_inside(&self, sure: Sure, month: Month) -> Sure {
        if self.holds(&["MZ17"], month) { sure.doubted() } else { sure }
    }

    /// MZ09, MZ10 and MZ15.
    fn disability(&mut self, month: Month) {
        let certified = |heaviest_to| known::certified(&self.facts, heaviest_to, month);
        let combined = self.holds(&["MZ04"], month);
        let doubt = |sure: Sure| if combined { sure.doubted() } else { sure };
        let barred = self.holds(&["MZ07", "RS03"], month);
        let (any, heavy) = (certified(4), certified(2));
        let low_income = self.on_roll(&["MZ05"], month);
        let living = doubt(self.less_paid_inside(any.and(low_income), month));
        let nursing = doubt(self.less_paid_inside(heavy, month));
        let level = known::level(&self.facts, 2, month).or(known::level(&self.facts, 1, month).doubted());
        let dispersed = Sure::from(known::on_roll(&self.facts, &["MZ07"], Some(false), month));
        let needy = any.or(level).or(Sure::from(self.setting.aged(80, month)));
        let home = dispersed.or(low_income).and(needy).and(known::in_institution(&self.facts, month).not());
        if !barred && !self.holds(&["MZ09"], month) {
            self.add(("MZ09", "MZ09"), month, living, &[]);
        }
        if !barred && !self.holds(&["MZ10", "MZ03"], month) {
            let elsewhere = self.holds(&["YB01", "MZ08"], month);
            self.add(("MZ10", "MZ10"), month, if elsewhere { nursing.doubted() } else { nursing }, &[]);
        }
        if !self.holds(&["MZ15"], month) {
            let doubtful = self.renovated
                || self.holds(&["MZ13", "MZ14"], month)
                || known::on_roll(&self.facts, &["MZ07"], Some(true), month);
            self.add(("MZ15", "MZ15"), month, if doubtful { home.doubted() } else { home }, &[]);
        }
    }

    /// No pension at all, and a payable level of long-term care without benefit.
    fn insurance(&mut self, month: Month) {
        if !self.holds(&["RS01", "RS02"], month) {
            let none_at_all = !self.held.keys().any(|(_, side)| matches!(side.0, "RS01" | "RS02"));
            let sure = if none_at_all { Sure::Yes } else { Sure::Open };
            self.add(("RS", "RS"), month, sure, &[]);
        }
        let insured = self.facts.iter().any(|fact| match fact.says {
            Says::Enrolled { long_term_care, stopped } => long_term_care && stopped.is_none_or(|last| month <= last),
            _ => false,
        });
        let payable = self.facts.iter().map(|fact| match fact.says {
            Says::Assessed { level: 3.., by: crate::fact::Assessor::Insurance, on, valid_to } => {
                known::covers(on, valid_to, month)
            }
            _ => Sure::No,
        });
        let payable = payable.max().unwrap_or(Sure::No);
        if insured && !self.holds(&["YB01", "RS03"], month) {
            let other = self.holds(&["MZ07", "MZ08", "MZ17"], month);
            self.add(("YB", "YB01"), month, if other { payable.doubted() } else { payable }, &[]);
        }
    }

    /// MZ17, the wish for an institution, and who was never assessed.
    fn assistance(&mut self, month: Month) {
        let low_income = self.on_roll(&["MZ05"], month);
        let inside = known::in_institution(&self.facts, month).and(known::level(&self.facts, 2, month));
        if !self.holds(&["MZ17", "YB01"], month) {
            let other = self.holds(&["MZ16", "MZ07", "RS03"], month);
            let sure = low_income.and(inside);
            self.add(("MZ17", "MZ17"), month, if other { sure.doubted() } else { sure }, &[]);
        }
        let wishes = self.facts.iter().any(|fact| match fact.says {
            Says::Roll { benefit: "MZ07", from, until, central: false, wish: true, .. } => {
                from <= month && month <= until
            }
            _ => false,
        });
        let inside = known::in_institution(&self.facts, month) != Sure::No;
        let wishes = Sure::from(wishes);
        self.add(("N-32", "MZ07"), month, if inside { wishes.doubted() } else { wishes }, &[]);
        let on_roll = self.on_roll(&["MZ05", "MZ07"], month);
        self.add(("E-08", "assessment"), month, on_roll.and(known::assessed(&self.facts, month).not()), &[]);
    }

    /// Meals as somebody who lost the only child, but no support; and groups that are to be visited.
    fn family(&mut self, month: Month) {
        let as_childless = self.held.keys().any(|(of, side)| *of == month && side.0 == "MZ12" && side.2 == "M5");
        if !self.holds(&["WJ01"], month) {
            self.add(("WJ01", "WJ01"), month, as_childless.into(), &[]);
        }
        let known::Living { alone, left, .. } = known::living(&self.facts);
        let level = known::level(&self.facts, 3, month).or(known::level(&self.facts, 1, month).doubted());
        let special = known::special_family(&self.facts, false, month);
        let group = Sure::from(alone || left || special).or(known::certified(&self.facts, 2, month)).or(level);
        let visited = self.facts.iter().any(
            |fact| matches!(fact.says, Says::Order(order) if order.service == "13" && Month::of(order.on) == month),
        );
        if !visited {
            let at_home = known::in_institution(&self.facts, month).not();
            let sure = group.and(at_home.or(Sure::Open));
            self.add(("visit", "visit"), month, sure, &[]);
        }
    }
}
