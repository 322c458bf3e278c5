//! The categories of S4 under which a person is entitled to home service and to meals.

use crate::calendar::Month;
use crate::fact::Fact;
use crate::oracle::known::{self, Setting, Sure};
use crate::oracle::{HOME_SERVICE, home_service_is_barred};

/// A category, and whether it holds.
pub type Category = (&'static str, Sure);

/// Registered and living in a county of S4, and 60 or older.
fn base(facts: &[&Fact], setting: &Setting<'_>, month: Month) -> Sure {
    let listed = |county: u32| HOME_SERVICE.iter().any(|(place, _)| *place == county);
    let local = known::home(facts).is_some_and(|(residence, hukou)| listed(residence) && listed(hukou));
    Sure::from(local && setting.aged(60, month)).and(setting.settled(month))
}

fn low_income(facts: &[&Fact], month: Month) -> bool {
    known::on_roll(facts, &["MZ05", "MZ06"], None, month)
}

/// H1 to H6 without their common conditions, at a level of disability of which `moderate` says whether it is 中度.
fn home_conditions(facts: &[&Fact], setting: &Setting<'_>, moderate: Sure, month: Month) -> [Category; 6] {
    let aged = |years| setting.aged(years, month);
    let dispersed = known::on_roll(facts, &["MZ07"], Some(false), month);
    let low_income = low_income(facts, month);
    let known::Living { alone, merit, .. } = known::living(facts);
    let special = known::special_family(facts, false, month);
    [
        ("H1", Sure::from(aged(65) && dispersed)),
        ("H2", Sure::from(aged(80) && low_income)),
        ("H3", Sure::from(low_income).and(moderate)),
        ("H4", Sure::from(aged(70) && (special || alone))),
        ("H5", Sure::from(aged(70) && merit)),
        ("H6", Sure::from(aged(90))),
    ]
}

/// H1 to H6, those that hold or may hold.
pub fn home_categories(facts: &[&Fact], setting: &Setting<'_>, month: Month) -> Vec<Category> {
    let common = base(facts, setting, month);
    if common == Sure::No {
        return Vec::new();
    }
    let common = common.and(known::needs_care(facts, 1, month));
    let each = home_conditions(facts, setting, known::needs_care(facts, 2, month), month);
    holding(common, &each)
}

/// Whether any of H1 to H6 could hold, whatever the level of disability.
pub(super) fn home_could_be(facts: &[&Fact], setting: &Setting<'_>, month: Month) -> bool {
    let each = home_conditions(facts, setting, Sure::Yes, month);
    !holding(base(facts, setting, month), &each).is_empty()
}

fn meal_conditions(facts: &[&Fact], setting: &Setting<'_>, moderate: Sure, month: Month) -> [Category; 6] {
    let known::Living { alone, left, .. } = known::living(facts);
    [
        ("M1", Sure::from(known::on_roll(facts, &["MZ07"], None, month))),
        ("M2", moderate),
        ("M3", Sure::from(low_income(facts, month))),
        ("M4", Sure::from(alone || left)),
        ("M5", Sure::from(known::special_family(facts, true, month))),
        ("M6", Sure::from(setting.aged(100, month))),
    ]
}

/// M1 to M6, those that hold or may hold.
pub fn meal_categories(facts: &[&Fact], setting: &Setting<'_>, month: Month) -> Vec<Category> {
    let common = base(facts, setting, month);
    if common == Sure::No {
        return Vec::new();
    }
    holding(common, &meal_conditions(facts, setting, known::needs_care(facts, 2, month), month))
}

/// Whether any of M1 to M6 could hold, whatever the level of disability.
pub(super) fn meal_could_be(facts: &[&Fact], setting: &Setting<'_>, month: Month) -> bool {
    !holding(base(facts, setting, month), &meal_conditions(facts, setting, Sure::Yes, month)).is_empty()
}

fn holding(common: Sure, each: &[Category]) -> Vec<Category> {
    let both = each.iter().map(|(name, sure)| (*name, sure.and(common)));
    both.filter(|(_, sure)| *sure != Sure::No).collect()
}

/// Whether a violation bars home service in the month.
pub(super) fn home_service_barred(facts: &[&Fact], insured_care: bool, month: Month) -> bool {
    let county = known::home(facts).map_or(0, |(_, hukou)| hukou);
    insured_care && home_service_is_barred(county, month) || known::on_roll(facts, &["MZ07"], Some(true), month)
}
