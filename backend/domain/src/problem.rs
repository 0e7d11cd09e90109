//! What is wrong with an input, all of it at once: field, code, plain Chinese sentence.

use serde::{Deserialize, Serialize};

/// One thing to put right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
// `Problem` is RFC 9457's word for the whole answer.
#[cfg_attr(feature = "openapi", schema(as = FieldNote))]
pub struct Problem {
    /// Where, as a path: `parties[2].share`.
    pub field: String,
    /// For machines: `share_sum`.
    pub code: String,
    /// For the person in front of the screen: what is wrong and what to do.
    pub message: String,
}

impl Problem {
    pub fn new(field: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            code: code.to_owned(),
            message: message.into(),
        }
    }
}
