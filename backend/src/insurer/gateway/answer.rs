//! What an older gateway's answer means: status 200 alone says little there, the code in its body says it.

use serde_json::Value;

use super::path::Path;

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They have it.
    Arrived,
    /// They refuse it for good; trying again would be refused again.
    Refused(String),
    /// Not this time.
    Again,
}

/// How a gateway's answers are read.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(super) statuses: Vec<u16>,
    /// None: the status alone decides.
    pub(super) code: Option<Path>,
    pub(super) accepted: Vec<String>,
    pub(super) refused: Vec<String>,
}

impl Rule {
    pub fn judge(&self, status: u16, body: &[u8]) -> Verdict {
        if !self.statuses.contains(&status) {
            return Verdict::Again;
        }
        let Some(code) = &self.code else {
            return Verdict::Arrived;
        };
        let answer: Value = serde_json::from_slice(body).unwrap_or_default();
        let found = match code.find(&answer) {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(said) => said.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return Verdict::Again,
        };
        if self.accepted.contains(&found) {
            Verdict::Arrived
        } else if self.refused.contains(&found) {
            Verdict::Refused(found)
        } else {
            Verdict::Again
        }
    }
}
