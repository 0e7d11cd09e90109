//! A calendar day on the wire: `2026-03-01`.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serializer};
use time::Date;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;

const DAY: StaticFormatDescription = format_description!("[year]-[month]-[day]");

/// `None` when the text is no day of the calendar.
pub fn parse(text: &str) -> Option<Date> {
    Date::parse(text, DAY)
        .ok()
        .filter(|day| (0..=9999).contains(&day.year()))
}

/// `2026-03-01`.
pub fn text(day: Date) -> String {
    day.format(DAY).unwrap_or_default()
}

/// # Errors
/// The serializer's own.
pub fn serialize<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*day))
}

/// # Errors
/// When the text is no day.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| serde::de::Error::custom("not a day such as 2026-03-01"))
}

/// The same for a day that may be missing.
pub mod option {
    use super::{Cow, Date, Deserialize, Deserializer, Serializer};

    /// # Errors
    /// The serializer's own.
    pub fn serialize<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => serializer.serialize_some(&super::text(*day)),
            None => serializer.serialize_none(),
        }
    }

    /// # Errors
    /// When the text is no day.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        let text = Option::<Cow<'de, str>>::deserialize(deserializer)?;
        text.map(|text| {
            super::parse(&text).ok_or_else(|| serde::de::Error::custom("not a day such as 2026-03-01"))
        })
        .transpose()
    }
}
