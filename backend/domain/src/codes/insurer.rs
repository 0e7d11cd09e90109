//! Insurers by the industry's four-letter codes: data that changes, so a file and not an enum.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::data::{BadData, parse_toml};

const FILE: &str = "lists/insurers.toml";
const TEXT: &str = include_str!("../../lists/insurers.toml");

/// One insurer. `valid_from`/`valid_to` bound the days on which the code may be given to a new policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Insurer {
    pub code: String,
    /// As screens and documents call it.
    pub name: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default, with = "crate::day::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub valid_from: Option<Date>,
    #[serde(default, with = "crate::day::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub valid_to: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    insurer: Vec<Insurer>,
}

static INSURERS: LazyLock<Result<Vec<Insurer>, BadData>> =
    LazyLock::new(|| parse_toml::<File>(FILE, TEXT).map(|file| file.insurer));

/// The built-in list.
///
/// # Errors
/// When the file that was built in does not parse; said with file, line and reason.
pub fn insurers() -> Result<&'static [Insurer], BadData> {
    INSURERS.as_ref().map(Vec::as_slice).map_err(Clone::clone)
}

/// The display name of a code; an unknown code is shown as it stands.
pub fn insurer_name(code: &str) -> &str {
    let known = INSURERS
        .as_ref()
        .ok()
        .and_then(|all| all.iter().find(|i| i.code == code));
    known.map_or(code, |insurer| insurer.name.as_str())
}
