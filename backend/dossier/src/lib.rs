//! The evidence file (卷宗) of a case: one ZIP that a court or an opposing lawyer reads and checks without us.
//!
//! Written as a stream, so that a case of many gigabytes needs no more memory than a small one; checked the same
//! way. The crate knows no database: what goes in arrives part by part.

pub mod archive;
mod case;
mod chain;
mod checking;
mod html;
mod index;
mod manifest;
mod pack;
mod report;
mod story;
pub mod verify;
mod wanted;

pub use case::{BadCase, Case, Made};
pub use checking::ANCHOR;
pub use manifest::{Absent, CERTIFICATES, Chain, FACTS, File, INDEX, MANIFEST, Manifest, SIGNATURE, SUMS};
pub use pack::{PackError, Packed, Part, Plan, Seal, SealError, Source};
pub use report::{DocumentReport, Report, Sealed, Trouble};
pub use verify::{REVOCATIONS, verify};
pub use wanted::{Content, Wanted, wanted};
