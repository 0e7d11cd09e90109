//! Names and numbers that people type at the roadside: normalised, checked, masked.
//!
//! A wrong number is an error that says what to do; an unusual but possible one (a consular plate,
//! an imported car's VIN) is accepted with a warning. Nothing here looks anything up.

mod document;
mod mask;
mod name;
mod phone;
mod plate;
mod vin;

pub use document::{Document, DocumentKind, IdNumber};
pub use mask::{mask_document, mask_name, mask_phone, mask_within};
pub use name::{NAME_CHARS_MAX, PersonName};
pub use phone::Phone;
pub use plate::Plate;
pub use vin::Vin;

/// Why an input is refused. Never repeats the input: it may be personal data and end in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct IdentifierError {
    /// For machines: `id_number_check_digit`.
    pub code: &'static str,
    /// For the person typing: what is wrong and what to do.
    pub message: &'static str,
}

/// Why an accepted input deserves a second look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentifierWarning {
    pub code: &'static str,
    pub message: &'static str,
}

const fn refused<T>(code: &'static str, message: &'static str) -> Result<T, IdentifierError> {
    Err(IdentifierError { code, message })
}

/// Full-width becomes half-width; spaces, middle dots and dashes go; letters become capitals.
pub fn normalise(raw: &str) -> String {
    raw.chars()
        .map(half_width)
        .filter(|c| !c.is_whitespace() && !is_separator(*c))
        .flat_map(char::to_uppercase)
        .collect()
}

fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

fn is_separator(c: char) -> bool {
    // The dots and dashes that Chinese and Latin keyboards put between groups, and invisible ones.
    matches!(
        c,
        '·' | '•' | '・' | '‧' | '∙' | '-' | '‐' | '‑' | '–' | '—' | '−' | '\u{200B}' | '\u{FEFF}'
    )
}

/// Text newtype: parsed on the way in, also when it arrives as JSON; plain text on the way out.
macro_rules! checked_text {
    ($name:ident) => {
        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::identifiers::IdentifierError;

            fn from_str(raw: &str) -> Result<Self, Self::Err> {
                Self::parse(raw)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let raw = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&raw).map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                String::schema()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use checked_text;
