//! A month of China's calendar, in which claims are cleared.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Date, Month as OfYear, PrimitiveDateTime, Time};

use crate::time::{CHINA, Instant};

/// Years that a clearing month can lie in.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2999;

/// `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    /// 1 to 12.
    month: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a month such as 2026-11")]
pub struct BadMonth;

impl Month {
    /// The month on the Chinese calendar in which this moment lies.
    pub fn of(at: Instant) -> Self {
        let day = at.china_day();
        Self {
            year: day.year(),
            month: day.month().into(),
        }
    }

    /// The first moment that no longer belongs to it.
    pub fn ends_at(self) -> Instant {
        let (year, month) = if self.month == 12 {
            (self.year + 1, 1)
        } else {
            (self.year, self.month + 1)
        };
        let first = OfYear::try_from(month)
            .ok()
            .and_then(|month| Date::from_calendar_date(year, month, 1).ok())
            // A month of a year in range has a first day.
            .unwrap_or(Date::MAX);
        Instant::new(PrimitiveDateTime::new(first, Time::MIDNIGHT).assume_offset(CHINA))
    }

    pub fn is_over(self, now: Instant) -> bool {
        now >= self.ends_at()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = BadMonth;

    fn from_str(text: &str) -> Result<Self, BadMonth> {
        let (year, month) = text.split_once('-').ok_or(BadMonth)?;
        let digits = |part: &str, count: usize| {
            (part.len() == count && part.bytes().all(|b| b.is_ascii_digit())).then_some(())
        };
        digits(year, 4).and(digits(month, 2)).ok_or(BadMonth)?;
        let (year, month) = (
            year.parse().map_err(|_| BadMonth)?,
            month.parse().map_err(|_| BadMonth)?,
        );
        if YEARS.contains(&year) && (1..=12).contains(&month) {
            Ok(Self { year, month })
        } else {
            Err(BadMonth)
        }
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_at_midnight_in_china_belongs_to_the_new_month() {
        let last: Instant = "2026-11-30T15:59:59.999999Z".parse().unwrap();
        let first: Instant = "2026-11-30T16:00:00Z".parse().unwrap();
        assert_eq!(Month::of(last).to_string(), "2026-11");
        assert_eq!(Month::of(first).to_string(), "2026-12");
        assert!(!Month::of(last).is_over(last));
        assert!(Month::of(last).is_over(first));
        assert_eq!(
            Month::of(first).ends_at().to_string(),
            "2026-12-31T16:00:00.000000Z"
        );
    }

    #[test]
    fn what_is_no_month_is_refused() {
        for text in [
            "",
            "2026",
            "2026-13",
            "2026-00",
            "2026-1",
            "26-11",
            "2026-11-01",
            "+026-11",
            "1999-12",
            "２０２６-11",
        ] {
            assert_eq!(text.parse::<Month>(), Err(BadMonth), "{text}");
        }
    }
}
