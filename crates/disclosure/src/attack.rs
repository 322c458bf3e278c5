//! What an attacker can compute: exact bounds by propagation, and other tables that fit as well.
//!
//! A cell is called safe only where a witness exists: a complete table of integers that satisfies every equation
//! and every class, agrees with all that is published, and has another value in the cell. A witness is checked
//! with integers; how it was found does not matter.

mod fare;
mod interval;
mod known;
mod moves;
mod near;
mod program;
mod prover;
mod state;
mod witness;

pub(crate) use fare::Fare;
pub use prover::Counts;
pub(crate) use prover::{Prover, Question};
pub(crate) use witness::{Claim, Move, Side, Witness};

use crate::system::Variable;

/// From where the attacker looks: a position by its bit, or the seat of one contributor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct View {
    /// 0 is the public.
    pub(crate) bit: u16,
    /// 0 is nobody's.
    pub(crate) seat: usize,
}

impl View {
    pub(crate) const PUBLIC: Self = Self { bit: 0, seat: 0 };

    pub(crate) fn of_seat(seat: usize) -> Self {
        Self { bit: 0, seat }
    }

    pub(crate) fn of_bit(bit: u16) -> Self {
        Self { bit, seat: 0 }
    }

    /// Whether it knows a variable that is not published.
    pub(crate) fn knows(self, variable: &Variable) -> bool {
        variable.known & self.bit != 0 || (self.seat != 0 && variable.seat == self.seat)
    }
}
