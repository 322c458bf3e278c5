//! X39: a provider with more hours in a day than its staff can give, or a crowd of orders in one minute.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::fact::Order;
use crate::rulebook::WORKING_DAY;

/// So many orders in one minute are a crowd; by chance no provider of this world comes near.
pub const CROWD: u64 = 12;

/// The days of the providers that are watched; memory grows with them and the days of a year alone.
#[derive(Debug, Default)]
pub struct Providers {
    days: BTreeMap<(u32, NaiveDate), Day>,
}

#[derive(Debug, Default)]
struct Day {
    minutes: u64,
    starts: BTreeMap<u32, u64>,
}

/// A day that no provider can have had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Impossible {
    /// The provider.
    pub provider: u32,
    /// The day.
    pub on: NaiveDate,
    /// Minutes of all orders.
    pub minutes: u64,
    /// The most orders that begin in one minute.
    pub crowd: u64,
    /// Too many hours for the staff.
    pub overworked: bool,
}

impl Providers {
    /// Adds an order.
    pub fn add(&mut self, provider: u32, order: &Order) {
        let day = self.days.entry((provider, order.on)).or_default();
        day.minutes += u64::from(order.minutes);
        *day.starts.entry(order.from_minute).or_default() += 1;
    }

    /// The days that cannot be, given how many carers a provider has on record.
    pub fn impossible<'a>(&'a self, staff: impl Fn(u32) -> Option<u64> + 'a) -> impl Iterator<Item = Impossible> + 'a {
        self.days.iter().filter_map(move |((provider, on), day)| {
            let crowd = day.starts.values().copied().max().unwrap_or(0);
            let overworked = staff(*provider).is_some_and(|staff| day.minutes > staff * u64::from(WORKING_DAY));
            let found = Impossible { provider: *provider, on: *on, minutes: day.minutes, crowd, overworked };
            (overworked || crowd >= CROWD).then_some(found)
        })
    }
}
