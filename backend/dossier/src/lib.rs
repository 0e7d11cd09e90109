//! The evidence file (卷宗) of a case: one ZIP that a court or an opposing lawyer reads and checks without us.
//!
//! Written as a stream, so that a case of many gigabytes needs no more memory than a small one; checked the same
//! way. The crate knows no database: what goes in arrives entry by entry.
