use yilian_disclosure::Status;

use crate::definition::Unit;

/// A value as a reader gets it, and why it is there or is not.
pub(crate) type Shown = (Option<i64>, Status);

/// A ratio of two measures, rounded half up away from zero; `None` where it is beyond 18 digits.
///
/// It is there only where both parts are; where the denominator is 0 there is no ratio.
pub(crate) fn ratio(unit: Unit, of: Shown, to: Shown) -> Option<Shown> {
    for status in [Status::Suppressed, Status::Missing, Status::NotApplicable] {
        if of.1 == status || to.1 == status {
            return Some((None, status));
        }
    }
    let (Some(of), Some(to)) = (of.0, to.0) else { return Some((None, Status::Missing)) };
    if to == 0 {
        return Some((None, Status::NotApplicable));
    }
    // One decimal of a hundredth or thousandth; yuan come in fen, which are the decimals of the result.
    let scale = match unit {
        Unit::Percent => 1_000,
        Unit::PerThousand => 10_000,
        _ => 1,
    };
    let value = rounded(i128::from(of) * scale, i128::from(to))?;
    Some((Some(value), if of == 0 { Status::Zero } else { Status::Published }))
}

/// A counted value in units of the last decimal that its unit has; hours are counted in minutes.
pub(crate) fn counted(unit: Unit, value: i64) -> Option<i64> {
    if unit == Unit::Hour { rounded(i128::from(value), 6) } else { Some(value) }
}

/// The nearest whole number to a quotient, of two the one farther from zero.
fn rounded(of: i128, to: i128) -> Option<i64> {
    let half = i128::try_from(to.unsigned_abs() / 2).ok()?;
    // An odd divisor has no exact half.
    let size = of.checked_abs()?.checked_add(half)?.checked_div(to.checked_abs()?)?;
    i64::try_from(if (of < 0) == (to < 0) { size } else { -size }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(value: i64) -> Shown {
        (Some(value), if value == 0 { Status::Zero } else { Status::Published })
    }

    #[test]
    fn halves_are_rounded_away_from_zero_and_everything_else_to_the_nearest() {
        for (of, to, nearest) in [
            (1, 2, 1),
            (3, 2, 2),
            (-1, 2, -1),
            (-3, 2, -2),
            (1, 3, 0),
            (2, 3, 1),
            (4, 3, 1),
            (5, 3, 2),
            (-1, 3, 0),
            (0, 7, 0),
        ] {
            assert_eq!(rounded(of, to), Some(nearest), "{of}/{to}");
        }
    }

    #[test]
    fn a_share_has_one_decimal_and_an_average_is_in_fen() {
        assert_eq!(ratio(Unit::Percent, published(36), published(37)), Some((Some(973), Status::Published)));
        assert_eq!(ratio(Unit::PerThousand, published(1), published(3)), Some((Some(3333), Status::Published)));
        assert_eq!(ratio(Unit::YuanEach, published(100_001), published(2)), Some((Some(50_001), Status::Published)));
        assert_eq!(counted(Unit::Hour, 89), Some(15));
        assert_eq!(counted(Unit::Person, 89), Some(89));
    }

    #[test]
    fn a_ratio_is_there_only_where_both_parts_are() {
        let suppressed = (None, Status::Suppressed);
        let missing = (None, Status::Missing);
        assert_eq!(ratio(Unit::Percent, published(3), suppressed), Some(suppressed));
        assert_eq!(ratio(Unit::Percent, suppressed, missing), Some(suppressed));
        assert_eq!(ratio(Unit::Percent, missing, published(0)), Some(missing));
        assert_eq!(ratio(Unit::Percent, published(0), published(0)), Some((None, Status::NotApplicable)));
        assert_eq!(ratio(Unit::Percent, published(0), published(8)), Some((Some(0), Status::Zero)));
    }

    #[test]
    fn a_number_beyond_eighteen_digits_is_no_ratio() {
        assert_eq!(ratio(Unit::PerThousand, published(i64::MAX), published(1)), None);
    }
}
