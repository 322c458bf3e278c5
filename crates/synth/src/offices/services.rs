//! Home service, meals and visits.

use chrono::NaiveDate;

use crate::calendar::{Month, later};
use crate::clerk::Recorded;
use crate::dataset::Dataset;
use crate::desk::{Case, Desk};
use crate::error::SynthError;
use crate::fact::{self, Fate, Says};
use crate::person::Living;
use crate::problem::Problem;
use crate::stack;

/// One service order.
#[derive(Debug, Clone, Copy)]
struct Order {
    service: &'static str,
    category: &'static str,
    on: NaiveDate,
    from_minute: u32,
    minutes: u32,
    units: i64,
    unit_fen: i64,
    approved: Option<NaiveDate>,
    provider: Option<u32>,
}

/// Providers that orders go to by turns.
const USUAL_PROVIDERS: u32 = 20;
/// The provider with a crowd of orders in one minute (X39), which has no staff on record.
pub const CROWDED_PROVIDER: u32 = 21;
/// The provider with more hours in a day than its staff can give (X39).
pub const OVERWORKED_PROVIDER: u32 = 22;
/// Of people with this remainder by 50 half have an order with either of the two.
const WITH_IMPOSSIBLE_PROVIDER: u64 = 7;

/// 居家养老服务工单
///
/// # Errors
/// If a file cannot be written.
pub fn service_event(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let orders = orders(case, desk);
    if orders.is_empty() {
        return Ok(());
    }
    let recorded = case.recorded();
    for order in orders {
        write(case, desk, &recorded, order)?;
    }
    Ok(())
}

fn orders(case: &mut Case<'_>, desk: &Desk<'_>) -> Vec<Order> {
    let mut orders = Vec::new();
    let served: Vec<_> = case.draws.iter().filter(|draw| matches!(draw.benefit, "MZ11" | "MZ12")).cloned().collect();
    let last_lawful = case.person.last_month(desk.year);
    for draw in served {
        for month in draw.from.max(desk.january()).to(draw.until.min(last_lawful)) {
            let service =
                if draw.benefit == "MZ12" { "01" } else { case.dice.pick(&["02", "03", "05", "07", "07", "08"]) };
            orders.push(order(case, (service, draw.category), month));
        }
    }
    let cared_for = case.person.living == Living::Alone || case.person.level >= 2;
    let visited = case.dice.mille(500) || stack::is(case.person, "A16");
    if cared_for && visited {
        for step in 0..4 {
            let month = desk.january().plus(step * 3 + case.dice.between(0, 2));
            orders.push(Order { minutes: 20, units: 1, unit_fen: 0, ..order(case, ("13", ""), month) });
        }
    }
    if case.person.is_undisturbed() {
        // Meals and service on other days, so that nothing runs into each other.
        for order in &mut orders {
            let day = if order.service == "01" { 5 } else { 9 };
            order.on = Month::of(order.on).day(day);
        }
    }
    orders.retain(|order| case.person.died.is_none_or(|died| order.on < died));
    orders.retain(|order| case.person.is_aged(60, Month::of(order.on)));
    planted(case, desk, &mut orders);
    orders
}

fn order(case: &mut Case<'_>, (service, category): (&'static str, &'static str), month: Month) -> Order {
    let on = month.day(1 + case.dice.below(28));
    let units = if service == "01" { i64::from(case.dice.between(4, 22)) } else { 2 };
    Order {
        service,
        category,
        on,
        // Any minute of the day, so that no provider has a crowd of orders in one by chance.
        from_minute: 480 + case.dice.below(540),
        minutes: if service == "01" { 30 } else { 60 },
        units,
        unit_fen: if service == "01" { 1_000 } else { 4_500 },
        approved: None,
        provider: None,
    }
}

/// X37: two orders at one time. X38: an order after death. X36 comes with [`Problem::HospitalDays`].
fn planted(case: &mut Case<'_>, desk: &Desk<'_>, orders: &mut Vec<Order>) {
    let (number, alive) = (case.person.number, case.person.died.is_none());
    match case.person.problem {
        Some(Problem::ServiceOrders) => {
            let first = order(case, ("07", "H4"), desk.january().plus(5));
            orders.push(first);
            orders.push(Order { service: "02", from_minute: first.from_minute + 15, ..first });
        }
        Some(Problem::HospitalDays) => {
            let on = desk.january().plus(4).day(12);
            orders.push(Order { on, ..order(case, ("07", "H4"), desk.january()) });
        }
        Some(Problem::PaidAfterDeath) if Problem::variant(number, 2) == 1 => {
            if let Some(died) = case.person.died.filter(|died| later(*died, 40) < desk.december().last_day()) {
                let on = later(died, 12);
                orders.push(Order { on, ..order(case, ("07", "H4"), desk.january()) });
            }
        }
        Some(Problem::ServiceInHospital) => orders.extend(in_hospital(case, desk)),
        Some(Problem::ServicesOverlap) => orders.extend(overlapping(case, desk)),
        Some(Problem::ServiceWithoutGround) => orders.extend(without_ground(case, desk)),
        None if number % 50 == WITH_IMPOSSIBLE_PROVIDER && alive && case.person.is_aged(60, desk.january()) => {
            orders.push(impossible(case, desk));
        }
        _ => {}
    }
}

/// X36: in the middle of the planted stay of 6 to 20 May; not on its first and last day, nor a visit, nor what the
/// person pays.
fn in_hospital(case: &mut Case<'_>, desk: &Desk<'_>) -> Vec<Order> {
    let may = desk.january().plus(4);
    let (day, service, category) = match Problem::variant(case.person.number, 5) {
        1 => (6, "07", "H4"),
        2 => (20, "07", "H4"),
        3 => (12, "13", ""),
        4 => (12, "07", "market"),
        _ => (12, "07", "H4"),
    };
    vec![Order { on: may.day(day), ..order(case, (service, category), may) }]
}

/// X37: by 45 and 11 minutes; not by 10, nor what the person pays.
fn overlapping(case: &mut Case<'_>, desk: &Desk<'_>) -> Vec<Order> {
    let (later, category) = match Problem::variant(case.person.number, 4) {
        0 => (15, "H4"),
        1 => (49, "H4"),
        2 => (50, "H4"),
        _ => (15, "market"),
    };
    let first = order(case, ("07", category), desk.january().plus(5));
    vec![first, Order { service: "02", from_minute: first.from_minute + later, ..first }]
}

/// X38: after the month of death, before the approval, for somebody who is entitled under no category; not on the day
/// of the approval itself.
fn without_ground(case: &mut Case<'_>, desk: &Desk<'_>) -> Vec<Order> {
    let june = desk.january().plus(5);
    let meal = Order { on: june.day(17), ..order(case, ("01", "M4"), june) };
    let died = case.person.died.map(Month::of);
    vec![match (Problem::variant(case.person.number, 4), died) {
        (0, Some(death)) => Order { on: death.plus(2).day(17), ..meal },
        (1, _) => Order { approved: Some(june.day(28)), ..meal },
        (3, _) => Order { approved: Some(june.day(17)), ..meal },
        _ => Order { category: "H4", service: "07", ..meal },
    }]
}

/// X39: on two days of the year, paid by the person, so that no other rule looks at it.
fn impossible(case: &mut Case<'_>, desk: &Desk<'_>) -> Order {
    let crowded = (case.person.number / 50).is_multiple_of(2);
    let month = desk.january().plus(if crowded { 6 } else { 8 });
    let usual = order(case, ("08", "market"), month);
    let from_minute = if crowded { 600 } else { 480 + case.dice.below(600) };
    let provider = Some(if crowded { CROWDED_PROVIDER } else { OVERWORKED_PROVIDER });
    Order { on: month.day(11), from_minute, provider, ..usual }
}

fn write(case: &mut Case<'_>, desk: &mut Desk<'_>, recorded: &Recorded, order: Order) -> Result<(), SynthError> {
    let number = case.next_number();
    let throw = case.dice.below(u32::MAX);
    let provider = order.provider.unwrap_or(throw % USUAL_PROVIDERS + 1);
    let fen = order.units * order.unit_fen;
    let subsidy = if matches!(order.category, "" | "market") { 0 } else { fen };
    let region = case.person.residence;
    let month = Month::of(order.on);
    let year = desk.year;
    let row = desk.write((Dataset::ServiceEvent, month.number()), recorded, throw, |row| {
        row.text(&format!("GD{year}{number:011}")).text(order.service).text(order.category);
        row.text(match (order.service, throw % 3) {
            ("13", 0) => "1",
            ("13", 1) => "2",
            ("13", _) => "入户",
            _ => "",
        });
        row.moment(order.on, order.from_minute);
        row.moment(order.on, order.from_minute + order.minutes);
        row.text(&format!("FW{provider}")).number(order.units).yuan(order.unit_fen);
        row.yuan(subsidy).yuan(fen - subsidy).day(order.approved).region(region);
    })?;
    desk.count(row, "", None, subsidy);
    let says = fact::Order {
        service: order.service,
        category: order.category,
        county: region.county(),
        on: order.on,
        from_minute: order.from_minute,
        minutes: order.minutes,
        fen: subsidy,
        approved: order.approved,
    };
    if order.provider.is_some() {
        desk.providers.add(provider, &says);
    }
    case.note(row, recorded, Fate::Delivered, Says::Order(says));
    desk.served((provider, order.service, month), order.units, subsidy);
    Ok(())
}
