//! Home service, meals and visits.

use chrono::NaiveDate;

use crate::calendar::{Month, later};
use crate::clerk::Recorded;
use crate::dataset::Dataset;
use crate::desk::{Case, Desk};
use crate::error::SynthError;
use crate::person::Living;
use crate::problem::Problem;

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
}

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
    if cared_for && case.dice.mille(500) {
        for step in 0..4 {
            let month = desk.january().plus(step * 3 + case.dice.between(0, 2));
            orders.push(Order { minutes: 20, units: 1, unit_fen: 0, ..order(case, ("13", ""), month) });
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
        from_minute: 480 + case.dice.below(9) * 60,
        minutes: if service == "01" { 30 } else { 60 },
        units,
        unit_fen: if service == "01" { 1_000 } else { 4_500 },
    }
}

/// X37: two orders at one time. X38: an order after death. X36 comes with [`Problem::HospitalDays`].
fn planted(case: &mut Case<'_>, desk: &Desk<'_>, orders: &mut Vec<Order>) {
    let number = case.person.number;
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
        _ => {}
    }
}

fn write(case: &mut Case<'_>, desk: &mut Desk<'_>, recorded: &Recorded, order: Order) -> Result<(), SynthError> {
    let number = case.next_number();
    let throw = case.dice.below(u32::MAX);
    let provider = throw % 20 + 1;
    let fen = order.units * order.unit_fen;
    let subsidy = if order.category.is_empty() { 0 } else { fen };
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
        row.yuan(subsidy).yuan(fen - subsidy).day(None).region(region);
    })?;
    desk.count(row, "", None, subsidy);
    desk.served((provider, order.service, month), order.units, subsidy);
    Ok(())
}
