//! Lists by cursor: what changed after it, in the order of change.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::config::LIST_MAX;
use crate::refusal::{Refusal, Result};

/// Records in one answer unless the caller says.
const LIMIT_DEFAULT: u32 = 50;

/// Where a caller's list goes on, and how much of it they want at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// `next` of the last answer; none: from the beginning.
    since: Option<String>,
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A cursor that was read: opaque to clients, the prefix lets us change what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    prefix: &'static str,
    /// The change after which the list goes on.
    pub after: i64,
    /// Records wanted.
    limit: u32,
}

/// Some of a list, in order of change.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Name it as `since` next time; also when nothing came.
    pub next: String,
    /// There is more right now.
    pub more: bool,
}

impl Since {
    /// # Errors
    /// `since` that none of our answers named, `limit` out of range.
    pub fn read(&self, prefix: &'static str) -> Result<Cursor> {
        let after = match self.since.as_deref() {
            None => 0,
            Some(cursor) => cursor
                .strip_prefix(prefix)
                .and_then(|number| number.parse().ok())
                .filter(|number| *number >= 0)
                .ok_or_else(|| {
                    Refusal::invalid_field("since", "bad_cursor", "请使用上次返回的 next，或不填以从头开始")
                })?,
        };
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIST_MAX).contains(&limit) {
            let message = format!("limit 应在1到{LIST_MAX}之间");
            return Err(Refusal::invalid_field("limit", "out_of_range", message).into());
        }
        Ok(Cursor { prefix, after, limit })
    }
}

impl Cursor {
    /// How many rows to ask of the store: one more than wanted tells whether there are more.
    pub fn wanted(&self) -> u32 {
        self.limit + 1
    }

    /// The rows that fit on the page.
    pub fn shown<'r, R>(&self, rows: &'r [R]) -> impl Iterator<Item = &'r R> {
        rows.iter()
            .take(usize::try_from(self.limit).unwrap_or(usize::MAX))
    }

    /// The page of `rows`, of which there are at most [`Cursor::wanted`].
    pub fn page<R, T>(
        &self,
        mut rows: Vec<R>,
        change: impl Fn(&R) -> i64,
        seen: impl Fn(&R) -> T,
    ) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().map_or(self.after, change);
        Page {
            items: rows.iter().map(seen).collect(),
            next: format!("{}{next}", self.prefix),
            more,
        }
    }
}
