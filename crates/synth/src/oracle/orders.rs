//! Rules of service orders: X36 on hospital days, X37 two at a time, X38 without ground.

use crate::calendar::Month;
use crate::fact::{Fact, Order, Says};
use crate::files::RowRef;
use crate::oracle::entitled::{home_categories, home_could_be, meal_categories, meal_could_be};
use crate::oracle::known::{self, Setting, Sure};
use crate::oracle::{HOME_SERVICE, Holdings, NO_SIDE, Pair, Pairs, Side, days, month_of_death};

/// Two orders may run into each other by so many minutes.
const TOLERATED: u32 = 10;

/// The benefit that pays an order.
fn side(order: &Order) -> Side {
    let benefit = match order.category.chars().next() {
        Some('H') => "MZ11",
        Some('M') => "MZ12",
        _ => return NO_SIDE,
    };
    (benefit, order.county, order.category)
}

pub(super) fn orders(facts: &[&Fact], held: &Holdings, setting: &Setting<'_>, pairs: &mut Pairs) {
    let paid = |order: &Order| order.service != "13" && order.category != "market";
    let mut orders: Vec<(&Order, RowRef)> = Vec::new();
    for fact in facts {
        if let Says::Order(order) = &fact.says
            && paid(order)
            && order.on >= setting.january().first_day()
        {
            orders.push((order, fact.row));
        }
    }
    for (order, row) in &orders {
        on_hospital_days(facts, order, *row, pairs);
        without_ground(facts, held, setting, (order, *row), pairs);
    }
    two_at_a_time(&orders, pairs);
}

/// Adds an order to the pair of its month.
fn add(pairs: &mut Pairs, rule: &'static str, order: &Order, rows: &[RowRef], open: bool) {
    let pair = Pair { rule, month: Month::of(order.on), left: side(order), right: NO_SIDE };
    let first = !pairs.contains_key(&pair);
    let ground = pairs.entry(pair).or_default();
    ground.fen = Some(ground.fen.unwrap_or(0) + order.fen);
    ground.rows.extend(rows);
    ground.open = open && (first || ground.open);
}

fn on_hospital_days(facts: &[&Fact], order: &Order, row: RowRef, pairs: &mut Pairs) {
    for (admitted, discharged, stay) in days::hospital(facts) {
        if admitted < order.on && order.on < discharged {
            add(pairs, "X36", order, &[row, stay], false);
        }
    }
}

fn two_at_a_time(orders: &[(&Order, RowRef)], pairs: &mut Pairs) {
    for (at, (one, row)) in orders.iter().enumerate() {
        for (other, other_row) in orders.iter().skip(at + 1) {
            let from = one.from_minute.max(other.from_minute);
            let until = (one.from_minute + one.minutes).min(other.from_minute + other.minutes);
            if one.on == other.on && until > from + TOLERATED {
                let later = if other.from_minute >= one.from_minute { other } else { one };
                add(pairs, "X37", later, &[*row, *other_row], false);
            }
        }
    }
}

fn without_ground(
    facts: &[&Fact],
    held: &Holdings,
    setting: &Setting<'_>,
    (order, row): (&Order, RowRef),
    pairs: &mut Pairs,
) {
    let month = Month::of(order.on);
    if let Some((_, death, evidence)) = month_of_death(facts)
        && month > death
    {
        add(pairs, "X38", order, &[row, evidence], false);
        return;
    }
    if order.approved.is_some_and(|approved| approved > order.on) {
        add(pairs, "X38", order, &[row], false);
        return;
    }
    let listed = HOME_SERVICE.iter().any(|(place, _)| *place == order.county);
    if !listed || known::home(facts).is_none() {
        return;
    }
    let (proven, possible) = match side(order).0 {
        "MZ11" => (home_categories(facts, setting, month), home_could_be(facts, setting, month)),
        "MZ12" => (meal_categories(facts, setting, month), meal_could_be(facts, setting, month)),
        _ => return,
    };
    let barred = side(order).0 == "MZ11" && held.keys().any(|(of, side)| *of == month && side.0 == "YB01");
    let proven = proven.iter().any(|(_, sure)| *sure == Sure::Yes);
    if !possible && setting.settled(month) == Sure::Yes {
        add(pairs, "X38", order, &[row], false);
    } else if !proven || barred {
        add(pairs, "X38", order, &[row], true);
    }
}
