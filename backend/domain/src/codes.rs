//! The code lists of the police forms, each item with its official code and its printed label.
//!
//! On the wire and in the database an item **is** its official code (`"02"`, `"K3"`), because that
//! is what other police systems exchange; the label is for people. Lists that the trade extends
//! (insurers) are data, not enums.

mod insurer;
mod road;
mod vehicle;

pub use insurer::{Insurer, insurer_name, insurers};
pub use road::{AccidentForm, CollisionForm, Division, RoadType, Weather};
pub use vehicle::{ContactPart, PlateKind, TransportMode};

/// A code that is not in its list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a code of {list}")]
pub struct UnknownCode {
    /// The type that was wanted.
    pub list: &'static str,
}

/// One closed list: variant, official code, printed label.
macro_rules! code_list {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal $label:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($variant),+ }

        impl $name {
            /// Every item, in the order of the form.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The official code, which is also how it travels.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// As printed on the form.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|item| item.code() == code)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.label())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::codes::UnknownCode;

            fn from_str(code: &str) -> Result<Self, Self::Err> {
                Self::from_code(code).ok_or($crate::codes::UnknownCode { list: stringify!($name) })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                code.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($code),+]))
                    .description(Some(concat!($($code, " ", $label, "; "),+)))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use code_list;

code_list! {
    /// 结案方式: how a case is closed.
    ClosingCode {
        Mediated = "1" "调解结案",
        MediationDeclined = "2" "不同意调解",
        FindingDisputed = "3" "对认定有异议",
        SignatureRefused = "4" "拒绝签字",
    }
}

code_list! {
    /// 调解方式: required exactly when the case is closed by mediation.
    MediationKind {
        BetweenParties = "1" "自行协商",
        PeoplesMediation = "2" "人民调解",
        Administrative = "3" "行政调解",
        Judicial = "4" "司法调解",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_travels_as_its_official_code() {
        assert_eq!(
            serde_json::to_string(&PlateKind::SmallNewEnergy).unwrap(),
            r#""52""#
        );
        assert_eq!(serde_json::from_str::<Weather>(r#""3""#).unwrap(), Weather::Rain);
        assert!(serde_json::from_str::<Weather>(r#""10""#).is_err());
        assert!(serde_json::from_str::<Weather>("3").is_err());
    }

    #[test]
    fn no_code_stands_twice_in_a_list() {
        fn unique(codes: Vec<&'static str>) {
            let mut seen = codes.clone();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), codes.len());
        }
        unique(Weather::ALL.iter().map(|i| i.code()).collect());
        unique(AccidentForm::ALL.iter().map(|i| i.code()).collect());
        unique(CollisionForm::ALL.iter().map(|i| i.code()).collect());
        unique(RoadType::ALL.iter().map(|i| i.code()).collect());
        unique(Division::ALL.iter().map(|i| i.code()).collect());
        unique(TransportMode::ALL.iter().map(|i| i.code()).collect());
        unique(PlateKind::ALL.iter().map(|i| i.code()).collect());
        unique(ContactPart::ALL.iter().map(|i| i.code()).collect());
    }

    #[test]
    fn an_insurer_is_known_by_code_name_and_alias() {
        assert_eq!(insurers().unwrap().len(), 31);
        assert_eq!(insurer_name("PICC"), "人保财险");
        assert_eq!(insurer_name("QQQQ"), "QQQQ");
        assert!(
            insurers()
                .unwrap()
                .iter()
                .any(|i| i.code == "GPIC" && i.aliases.contains(&"国寿财".to_owned()))
        );
    }
}
