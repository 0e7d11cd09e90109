//! What insurers see: settlement records, assessments, messages, with no more in them than they need.

pub mod assessment;
pub mod assessment_record;
pub mod event;
pub mod order;
pub mod outcome;
pub mod plan_change;
pub mod record;
