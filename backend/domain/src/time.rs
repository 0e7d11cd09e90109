//! A moment, cut to microseconds so that it survives every database unchanged.
//!
//! It never asks what time it is: somebody outside owns the clock.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::format_description::StaticFormatDescription;
use time::format_description::well_known::Rfc3339;
use time::macros::{format_description, offset};
use time::{Date, Duration, OffsetDateTime, UtcOffset};

/// Fixed width, so that text sorts like time does.
const FIXED: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
const CHINESE: StaticFormatDescription = format_description!("[year]年[month]月[day]日[hour]时[minute]分");
const CHINESE_DAY: StaticFormatDescription = format_description!("[year]年[month]月[day]日");

/// China keeps one offset and no summer time; the law counts its days in it.
pub const CHINA: UtcOffset = offset!(+8);

/// A moment in UTC, whole microseconds. Travels as `2026-03-01T00:15:00.000000Z`; any offset is read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(OffsetDateTime);

impl Instant {
    pub fn new(at: OffsetDateTime) -> Self {
        let utc = at.to_offset(UtcOffset::UTC);
        let nanosecond = utc.microsecond() * 1_000;
        // Cutting a valid fraction leaves a valid fraction.
        Self(utc.replace_nanosecond(nanosecond).unwrap_or(utc))
    }

    /// # Errors
    /// When the microseconds lie outside the years that RFC 3339 can write.
    pub fn from_unix_micros(micros: i64) -> Result<Self, BadInstant> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000)
            .ok()
            .filter(|at| (0..=9999).contains(&at.year()))
            .map(Self)
            .ok_or(BadInstant)
    }

    pub fn unix_micros(self) -> i64 {
        // Years 0 to 9999 in microseconds fit an i64 many times over.
        i64::try_from(self.0.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
    }

    pub fn into_inner(self) -> OffsetDateTime {
        self.0
    }

    /// The calendar day in Asia/Shanghai, in which insurance and deadlines are counted.
    pub fn china_day(self) -> Date {
        self.0.to_offset(CHINA).date()
    }

    /// `2026年03月01日08时15分` on the Chinese clock, as the finding prints it.
    pub fn china_text(self) -> String {
        self.0.to_offset(CHINA).format(CHINESE).unwrap_or_default()
    }

    /// `2026年03月01日` on the Chinese calendar.
    pub fn china_day_text(self) -> String {
        self.0.to_offset(CHINA).format(CHINESE_DAY).unwrap_or_default()
    }

    /// Hour of the day (0..=23) on the Chinese clock.
    pub fn china_hour(self) -> u8 {
        self.0.to_offset(CHINA).hour()
    }

    /// Stays at the edge of representable time rather than wrapping.
    pub fn plus(self, duration: Duration) -> Self {
        Self::new(self.0.saturating_add(duration))
    }

    pub fn minus(self, duration: Duration) -> Self {
        Self::new(self.0.saturating_sub(duration))
    }

    /// How long after `earlier` this is; negative when it is before.
    pub fn since(self, earlier: Self) -> Duration {
        self.0 - earlier.0
    }
}

impl From<OffsetDateTime> for Instant {
    fn from(at: OffsetDateTime) -> Self {
        Self::new(at)
    }
}

impl From<Instant> for OffsetDateTime {
    fn from(at: Instant) -> Self {
        at.0
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.format(FIXED).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a moment as RFC 3339 writes it, such as 2026-03-01T08:15:00+08:00")]
pub struct BadInstant;

impl FromStr for Instant {
    type Err = BadInstant;

    fn from_str(text: &str) -> Result<Self, BadInstant> {
        let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| BadInstant)?;
        // An offset can push the last day of year 9999 over the edge.
        let utc = at.checked_to_offset(UtcOffset::UTC).ok_or(BadInstant)?;
        if (0..=9999).contains(&utc.year()) {
            Ok(Self::new(utc))
        } else {
            Err(BadInstant)
        }
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Instant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Instant {}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn any_offset_is_read_and_utc_with_six_digits_is_written() {
        assert_eq!(
            at("2026-03-01T08:15:00+08:00").to_string(),
            "2026-03-01T00:15:00.000000Z"
        );
        assert_eq!(
            at("2026-03-01T00:15:00.1234567Z").to_string(),
            "2026-03-01T00:15:00.123456Z"
        );
        assert_eq!(
            serde_json::to_string(&at("2026-03-01T00:15:00.5Z")).unwrap(),
            r#""2026-03-01T00:15:00.500000Z""#
        );
    }

    #[test]
    fn text_that_is_no_moment_is_refused() {
        for text in [
            "",
            "2026-03-01",
            "2026-03-01T08:15:00",
            "2026-02-30T08:15:00Z",
            "9999-12-31T23:59:59-01:00",
        ] {
            assert_eq!(text.parse::<Instant>(), Err(BadInstant), "{text}");
        }
        assert!(serde_json::from_str::<Instant>("17").is_err());
    }

    #[test]
    fn the_day_is_counted_on_the_chinese_calendar() {
        let late = at("2026-02-28T16:00:00Z");
        assert_eq!(late.china_day().to_string(), "2026-03-01");
        assert_eq!(at("2026-02-28T15:59:59Z").china_day().to_string(), "2026-02-28");
        assert_eq!(at("2026-03-01T00:15:59Z").china_text(), "2026年03月01日08时15分");
        assert_eq!(late.china_day_text(), "2026年03月01日");
        assert_eq!(late.china_hour(), 0);
    }

    #[test]
    fn microseconds_go_out_and_come_back() {
        let moment = at("2026-03-01T00:15:00.123456Z");
        assert_eq!(Instant::from_unix_micros(moment.unix_micros()), Ok(moment));
        assert_eq!(Instant::from_unix_micros(i64::MAX), Err(BadInstant));
        assert_eq!(moment.plus(Duration::hours(1)).since(moment), Duration::hours(1));
    }
}
