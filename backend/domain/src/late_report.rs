//! 事后报案 (程序规定 arts. 16 to 18): reported after the scene was cleared; accepted or not within three working days.

use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::time::Instant;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LateReport {
    pub filed_at: Instant,
    /// Why nobody called from the scene, in the party's words.
    pub statement: String,
    /// The end of the working day by which the desk must decide.
    pub decide_by: Instant,
    pub acceptance: Option<Acceptance>,
}

/// 受理, or 不予受理 with the reason that the written notice gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Acceptance {
    pub accepted: bool,
    pub reason: String,
    pub at: Instant,
}

/// What a fact does to the late report.
pub(crate) fn take(late: &mut Option<LateReport>, fact: &Fact) {
    match fact {
        Fact::LateReportFiled { late: filed } => *late = Some(filed.clone()),
        Fact::AcceptanceDecided { acceptance } => {
            if let Some(late) = late {
                late.acceptance = Some(acceptance.clone());
            }
        }
        _ => {}
    }
}
