//! Money: whole fen, never a float.
//!
//! Dividing money is where fen get lost, so the two divisions the trade uses live here: by largest
//! remainder, and a percentage rounded half up. What an amount means is not this file's business.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount in fen (1 yuan = 100 fen). May be negative as a difference; a loss never is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Fen(pub i64);

impl Fen {
    pub const ZERO: Self = Self(0);

    pub const fn from_yuan(yuan: i32) -> Self {
        // An i32 of yuan times one hundred always fits an i64.
        Self(yuan as i64 * 100)
    }

    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// `None` on overflow.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// `None` on overflow.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The sum, or `None` when it does not fit.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// Divides by largest remainder: the parts always sum to the whole, and fen left over go to the
    /// largest fractions, ties to whoever comes first. All-zero weights give all-zero parts.
    ///
    /// # Errors
    /// A negative amount or weight is refused: a loss has no direction.
    pub fn divide(self, weights: &[i64]) -> Result<Vec<Self>, MoneyError> {
        if self.is_negative() || weights.iter().any(|w| *w < 0) {
            return Err(MoneyError::Negative);
        }
        let total: i128 = weights.iter().map(|w| i128::from(*w)).sum();
        if total == 0 {
            return Ok(vec![Self::ZERO; weights.len()]);
        }
        let mut parts = Vec::with_capacity(weights.len());
        let mut remainders = Vec::with_capacity(weights.len());
        let mut given = 0_i64;
        for (at, weight) in weights.iter().enumerate() {
            let product = i128::from(self.0) * i128::from(*weight);
            // A part is at most the whole, so it fits where the whole fits.
            let part = i64::try_from(product / total).map_err(|_| MoneyError::Overflow)?;
            given += part;
            parts.push(Self(part));
            remainders.push((product % total, at));
        }
        remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let left = usize::try_from(self.0 - given).map_err(|_| MoneyError::Overflow)?;
        for (_, at) in remainders.into_iter().take(left) {
            parts[at].0 += 1;
        }
        Ok(parts)
    }

    /// Divides equally into `count` parts; the first ones get the fen left over.
    ///
    /// # Errors
    /// As [`Fen::divide`].
    pub fn divide_equally(self, count: usize) -> Result<Vec<Self>, MoneyError> {
        self.divide(&vec![1; count])
    }

    /// `percent` of the amount, rounded half up to the fen. `None` on overflow.
    pub fn percent(self, percent: u8) -> Option<Self> {
        let hundredths = i128::from(self.0) * i128::from(percent);
        i64::try_from((hundredths + 50).div_euclid(100)).ok().map(Self)
    }
}

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
const GROUPS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];

impl Fen {
    /// 大写, as amounts are written out on documents (支付结算办法, annex 1): 壹仟零贰拾元伍角整.
    pub fn in_words(self) -> String {
        let fen = self.0.unsigned_abs();
        let (yuan, jiao, fen) = (fen / 100, fen / 10 % 10, fen % 10);
        let mut words = if self.is_negative() {
            "负".to_owned()
        } else {
            String::new()
        };
        if yuan > 0 || (jiao, fen) == (0, 0) {
            words += &whole(yuan);
            words.push('元');
        }
        let digit = |value: u64| DIGITS[usize::try_from(value).unwrap_or(0)];
        match (jiao, fen) {
            (0, 0) => words.push('整'),
            (0, fen) if yuan > 0 => words.extend(['零', digit(fen), '分']),
            (0, fen) => words.extend([digit(fen), '分']),
            (jiao, 0) => words.extend([digit(jiao), '角', '整']),
            (jiao, fen) => words.extend([digit(jiao), '角', digit(fen), '分']),
        }
        words
    }
}

/// Zeros within are said once, those at the end of a group not at all.
fn whole(yuan: u64) -> String {
    if yuan == 0 {
        return "零".to_owned();
    }
    let mut words = String::new();
    let mut skipped = false;
    for group in (0..5_u32).rev() {
        let value = yuan / 10_000_u64.pow(group) % 10_000;
        for place in (0..4_u32).rev() {
            let digit = value / 10_u64.pow(place) % 10;
            if digit == 0 {
                skipped = !words.is_empty();
                continue;
            }
            if std::mem::take(&mut skipped) {
                words.push('零');
            }
            words.push(DIGITS[usize::try_from(digit).unwrap_or(0)]);
            words += PLACES[usize::try_from(place).unwrap_or(0)];
        }
        if value > 0 {
            words += GROUPS[usize::try_from(group).unwrap_or(0)];
        }
    }
    words
}

/// `1,234.50 元`, as it stands on documents and screens.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fen = self.0.unsigned_abs();
        let yuan = (fen / 100).to_string();
        let mut grouped = String::with_capacity(yuan.len() + yuan.len() / 3);
        for (at, digit) in yuan.chars().enumerate() {
            if at > 0 && (yuan.len() - at).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{grouped}.{:02} 元", fen % 100)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("a negative amount cannot be divided")]
    Negative,
    #[error("the amount is too large")]
    Overflow,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_written_out_as_banks_write_them() {
        for (fen, words) in [
            (0, "零元整"),
            (5, "伍分"),
            (50, "伍角整"),
            (105, "壹元零伍分"),
            (102_050, "壹仟零贰拾元伍角整"),
            (444_000, "肆仟肆佰肆拾元整"),
            (1_000_000, "壹万元整"),
            (10_010_007, "壹拾万零壹佰元零柒分"),
            (2_000_500_012, "贰仟万零伍仟元壹角贰分"),
            (10_000_000_100, "壹亿零壹元整"),
            (-100, "负壹元整"),
        ] {
            assert_eq!(Fen(fen).in_words(), words, "{fen}");
        }
    }

    fn divided(amount: i64, weights: &[i64]) -> Vec<i64> {
        Fen(amount)
            .divide(weights)
            .unwrap()
            .into_iter()
            .map(|f| f.0)
            .collect()
    }

    #[test]
    fn a_fen_left_over_goes_to_the_largest_fraction_and_a_tie_to_the_first() {
        assert_eq!(divided(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(divided(200_000, &[500_000, 100_000]), [166_667, 33_333]);
        assert_eq!(divided(4_878, &[34, 33, 33]), [1_658, 1_610, 1_610]);
        assert_eq!(divided(7, &[0, 0]), [0, 0]);
        assert_eq!(divided(7, &[]), [0; 0]);
    }

    #[test]
    fn a_negative_amount_or_weight_is_refused() {
        assert_eq!(Fen(-1).divide(&[1]), Err(MoneyError::Negative));
        assert_eq!(Fen(1).divide(&[-1]), Err(MoneyError::Negative));
    }

    #[test]
    fn a_percentage_is_rounded_half_up() {
        assert_eq!(Fen(210_000).percent(10), Some(Fen(21_000)));
        assert_eq!(Fen(5).percent(10), Some(Fen(1)));
        assert_eq!(Fen(4).percent(10), Some(Fen(0)));
        assert_eq!(Fen(i64::MAX).percent(200), None);
    }

    #[test]
    fn an_amount_reads_as_yuan_with_two_digits() {
        assert_eq!(Fen(123_450).to_string(), "1,234.50 元");
        assert_eq!(Fen(0).to_string(), "0.00 元");
        assert_eq!(Fen(-100_000_005).to_string(), "-1,000,000.05 元");
        assert_eq!(Fen(99_999).to_string(), "999.99 元");
    }

    #[test]
    fn an_amount_travels_as_a_whole_number() {
        assert_eq!(serde_json::to_string(&Fen(5)).unwrap(), "5");
        assert!(serde_json::from_str::<Fen>("5.0").is_err());
    }

    proptest! {
        #[test]
        fn the_parts_sum_to_the_whole(amount in 0..i64::MAX, weights in prop::collection::vec(0..i64::MAX, 1..9)) {
            prop_assume!(weights.iter().any(|w| *w > 0));
            let parts = Fen(amount).divide(&weights).unwrap();
            prop_assert_eq!(Fen::checked_sum(parts), Some(Fen(amount)));
        }
    }
}
