//! Why a deed was not done, in words the caller can act on; never a status code.

/// What kind of "no" it is; `http::problem` maps each to one status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something in the request is wrong; `fields` name what.
    Invalid,
    /// Nobody knows who is asking.
    Unauthenticated,
    /// Known, but may not.
    Forbidden,
    /// Not there, or not theirs to see.
    NotFound,
    /// It was there and is over.
    Gone,
    /// Not possible as things stand.
    Conflict,
    /// The client sent too slowly to be waited for.
    Slow,
    /// Too often; `retry_after_s` says when again.
    TooMany,
    /// More bytes than the route takes.
    TooLarge,
    /// Not a kind of content the route takes.
    UnsupportedMedia,
    /// The request lacks something the route insists on, e.g. `Idempotency-Key`.
    Malformed,
    /// We are busy; try again.
    Busy,
}

/// One field of a request that cannot be taken as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The path of the field as the client sent it, e.g. `party.vehicle.plate`.
    pub field: String,
    pub code: String,
    /// A plain sentence that says what to do.
    pub message: String,
}

/// A deed refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub kind: Kind,
    /// Stable, snake_case: what programs switch on.
    pub code: &'static str,
    /// A plain sentence for people, in Chinese.
    pub message: String,
    pub fields: Vec<FieldProblem>,
    pub retry_after_s: Option<u32>,
    /// With code `stale`: the version as it now stands.
    pub current_version: Option<u64>,
}

impl Refusal {
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            message: message.into(),
            fields: Vec::new(),
            retry_after_s: None,
            current_version: None,
        }
    }

    pub fn not_found() -> Self {
        Self::new(Kind::NotFound, "not_found", "没有找到，请检查链接或编号")
    }

    pub fn stale(current: u64) -> Self {
        Self {
            current_version: Some(current),
            ..Self::new(Kind::Conflict, "stale", "内容已被更新，请查看最新内容后再提交")
        }
    }

    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, code, message)
    }

    pub fn too_many(code: &'static str, message: impl Into<String>, retry_after_s: u32) -> Self {
        Self {
            retry_after_s: Some(retry_after_s),
            ..Self::new(Kind::TooMany, code, message)
        }
    }

    pub fn invalid(fields: Vec<FieldProblem>) -> Self {
        let message = fields
            .first()
            .map_or_else(|| "请检查填写的内容".to_owned(), |first| first.message.clone());
        Self {
            fields,
            ..Self::new(Kind::Invalid, "invalid_fields", message)
        }
    }

    pub fn invalid_field(field: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldProblem {
            field: field.into(),
            code: code.to_owned(),
            message: message.into(),
        }])
    }
}

/// What a deed can end in besides success: a reasoned no, or our own fault.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("{}", .0.message)]
    Refused(Refusal),
    #[error("the store failed")]
    Store(#[from] sqlx::Error),
    #[error("the disk failed")]
    Disk(#[from] std::io::Error),
    /// A stored row or a promise of our own is broken; the text is for the log only.
    #[error("inconsistent: {0}")]
    Inconsistent(String),
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

pub type Result<T, E = AppError> = std::result::Result<T, E>;

impl From<domain::refusal::Refusal> for Refusal {
    fn from(refusal: domain::refusal::Refusal) -> Self {
        use domain::refusal::Refusal as Domain;
        match refusal {
            Domain::NotNow {
                code,
                message,
                missing,
            } => Self {
                fields: missing.into_iter().map(Into::into).collect(),
                ..Self::conflict(code, message)
            },
            Domain::Invalid(problems) => Self::invalid(problems.into_iter().map(Into::into).collect()),
            Domain::Unknown(_) => Self::not_found(),
        }
    }
}

impl From<domain::refusal::Refusal> for AppError {
    fn from(refusal: domain::refusal::Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<domain::refusal::Problem> for FieldProblem {
    fn from(problem: domain::refusal::Problem) -> Self {
        Self {
            field: problem.field,
            code: problem.code,
            message: problem.message,
        }
    }
}
