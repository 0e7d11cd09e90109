//! Why the domain says no: a reason, a plain sentence, and the fields to mend. It knows no status codes.

pub use crate::problem::Problem;

/// A request the domain turned down.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Possible, but not as things stand now.
    #[error("{message}")]
    NotNow {
        code: &'static str,
        message: String,
        missing: Vec<Problem>,
    },
    /// The request itself must be mended first.
    #[error("the request has {} problems", .0.len())]
    Invalid(Vec<Problem>),
    /// It names something this accident does not have.
    #[error("no such {0} in this accident")]
    Unknown(&'static str),
}

impl Refusal {
    pub fn not_now(code: &'static str, message: impl Into<String>) -> Self {
        Self::NotNow {
            code,
            message: message.into(),
            missing: Vec::new(),
        }
    }

    pub fn missing(message: impl Into<String>, missing: Vec<Problem>) -> Self {
        Self::NotNow {
            code: "something_missing",
            message: message.into(),
            missing,
        }
    }

    pub fn invalid(field: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Problem::new(field, code, message)])
    }

    /// [`Refusal::Invalid`] unless there is nothing to complain about.
    pub fn if_any(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self::Invalid(problems))
        }
    }
}
