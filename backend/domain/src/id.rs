//! Names of things. A type each, so that a party is never looked up as an officer.
//!
//! Ids are made outside and handed in; nothing here draws one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

/// An id over a UUID (version 7, drawn outside), written as 36 characters.
macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = Uuid))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                text.parse().map(Self).map_err(|_| BadId { what: stringify!($name) })
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

uuid_id! {
    /// One accident, from the report to the archive.
    AccidentId,
    /// One party within one accident.
    PartyId,
    /// A police officer or supervisor of the desk.
    OfficerId,
    /// A stored photo, recording or document.
    EvidenceId,
    /// One issue of a finding; a re-issue has its own.
    FindingId,
    /// A still that an officer asked a phone for.
    StillId,
    /// A resumable upload under way.
    UploadId,
    /// One assessment of one vehicle; a supplement has its own.
    AssessmentId,
    /// One payment order: an insurer, a payee, an amount.
    OrderId,
    /// Somebody invited by link who is no party.
    GuestId,
    /// Somebody who works for an insurer.
    ClerkId,
}

/// An id that is a short text with a rule of its own.
macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident: $valid:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// # Errors
            /// When the text breaks the rule of this id.
            pub fn new(text: impl Into<String>) -> Result<Self, BadId> {
                let text = text.into();
                let valid: fn(&str) -> bool = $valid;
                if valid(&text) { Ok(Self(text)) } else { Err(BadId { what: stringify!($name) }) }
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                Self::new(text)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
    )+};
}

/// Longest name of a machine client.
pub const CLIENT_ID_CHARS_MAX: usize = 64;

text_id! {
    /// A unit or region by its GB/T 2260 code: `330681` is Zhuji; two further digits name a division.
    UnitId: |text| matches!(text.len(), 6 | 8 | 10 | 12) && text.bytes().all(|b| b.is_ascii_digit());
    /// A machine client, such as an insurer's: `picc-zj`.
    ClientId: |text| (1..=CLIENT_ID_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    /// A SHA-256 digest: 64 lower-case hex digits.
    Sha256Hex: |text| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
}

/// An insurer's industry code: four capital letters, `PICC`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[A-Z]{4}$"))]
pub struct InsurerCode([u8; 4]);

impl InsurerCode {
    pub fn as_str(&self) -> &str {
        // Only capital letters ever get in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for InsurerCode {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let bytes: [u8; 4] = text
            .as_bytes()
            .try_into()
            .map_err(|_| BadId { what: "InsurerCode" })?;
        if bytes.iter().all(u8::is_ascii_uppercase) {
            Ok(Self(bytes))
        } else {
            Err(BadId { what: "InsurerCode" })
        }
    }
}

impl fmt::Display for InsurerCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for InsurerCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for InsurerCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for InsurerCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl Sha256Hex {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest;
        use std::fmt::Write;
        let mut hex = String::with_capacity(64);
        for byte in sha2::Sha256::digest(bytes) {
            // Writing into a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Self(hex)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {what}")]
pub struct BadId {
    /// The type that was wanted.
    pub what: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_travels_as_its_text() {
        let id: AccidentId = "0195f0a0-0000-7000-8000-000000000001".parse().unwrap();
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, r#""0195f0a0-0000-7000-8000-000000000001""#);
        assert_eq!(serde_json::from_str::<AccidentId>(&json).unwrap(), id);
        assert_eq!("nobody".parse::<PartyId>(), Err(BadId { what: "PartyId" }));
    }

    #[test]
    fn a_text_id_keeps_its_rule_also_when_it_arrives_as_json() {
        assert!(UnitId::new("330681").is_ok());
        assert!(UnitId::new("33068x").is_err());
        assert!(ClientId::new("picc-zj").is_ok());
        assert!(ClientId::new("").is_err());
        assert!(serde_json::from_str::<Sha256Hex>(r#""ABC""#).is_err());
        assert!(Sha256Hex::new("A".repeat(64)).is_err());
    }

    #[test]
    fn a_digest_is_the_known_one() {
        assert_eq!(
            Sha256Hex::of(b"abc").as_str(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
