//! Many deeds in one request: each with a result of its own, in the order they were told.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::many::MANY_MAX;
use crate::http::problem::ProblemField;
use crate::refusal::{Refusal, Result};

/// Why one of many was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemProblem {
    code: &'static str,
    message: String,
    errors: Vec<ProblemField>,
}

impl ItemProblem {
    pub fn of(refusal: Refusal) -> Self {
        Self {
            code: refusal.code,
            message: refusal.message,
            errors: refusal.fields.into_iter().map(ProblemField::from).collect(),
        }
    }
}

/// # Errors
/// None, or more than one request may tell.
pub fn check<T>(items: &[T]) -> Result<()> {
    if items.is_empty() || items.len() > MANY_MAX {
        let message = format!("一次请提交1到{MANY_MAX}项");
        return Err(Refusal::invalid_field("items", "out_of_range", message).into());
    }
    Ok(())
}
