//! What insurers see: the settlement record, with no more in it than they need.

pub mod record;
