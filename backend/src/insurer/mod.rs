//! What insurers see: settlement records, assessments, messages, with no more in them than they need.

pub mod assessment;
pub mod assessment_record;
pub mod dictionary;
pub mod documents;
pub mod event;
pub mod evidence;
pub mod gateway;
pub mod order;
pub mod outcome;
pub mod plan_change;
pub mod record;
pub mod search;
pub mod sheets;
