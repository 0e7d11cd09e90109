//! 事后报案 (程序规定 art. 18): reported after the scene was cleared; accepted or not within three working days.
//!
//! What was filed and what was answered, and the words of the written notice. Whether it may be filed or decided is
//! judged in `accident/late.rs`; which day is a working day is the calendar's business.

use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::time::Instant;

/// Working days, after the day of filing, within which the desk decides (arts. 18 and 112).
pub const DECIDE_WITHIN_WORKING_DAYS: u32 = 3;
/// Shortest and longest statement, in characters: a reason, not a novel.
pub const STATEMENT_CHARS: std::ops::RangeInclusive<usize> = 10..=500;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LateReport {
    pub filed_at: Instant,
    /// Why nobody called from the scene, in the party's words.
    pub statement: String,
    /// The end of the working day by which the desk must decide; none while the calendar has no data for that year.
    pub decide_by: Option<Instant>,
    pub acceptance: Option<Acceptance>,
}

/// 受理, or 不予受理 with the reason that the written notice gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Acceptance {
    pub accepted: bool,
    /// Empty when accepted without a remark.
    pub reason: String,
    pub at: Instant,
    /// The written notice as it was given, paragraphs by line breaks; none when accepted.
    pub notice: Option<String>,
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

/// What the notice of 不予受理 is made of.
pub struct Notice<'a> {
    pub unit: &'a str,
    /// Who filed and who else is known by name, in party order.
    pub names: &'a [&'a str],
    pub filed_at: Instant,
    pub occurred_at: Instant,
    pub place: &'a str,
    pub reason: &'a str,
    pub at: Instant,
}

impl Notice<'_> {
    /// 不予受理告知书: to whom, what was reported, why not, by which article, and what can be done about it.
    pub fn text(&self) -> String {
        let reason = self.reason.trim().trim_end_matches(['。', '；', '，']);
        let opening = format!(
            "{}报案称：{}，在{}发生道路交通事故，现场已经撤除。",
            self.filed_at.china_text(),
            self.occurred_at.china_text(),
            self.place
        );
        [
            "事后报案不予受理告知书".to_owned(),
            format!("{}：", self.names.join("、")),
            opening,
            format!(
                "经核查，{reason}。根据《道路交通事故处理程序规定》第十八条的规定，决定不予受理，特此书面告知。"
            ),
            "损害赔偿可以由各方自行协商，也可以依法直接向人民法院提起民事诉讼。有新的证据证明事故事实的，可以再次提出处理申请。对本决定不服的，可以自收到本告知书之日起六十日内依法申请行政复议，或者六个月内依法提起行政诉讼。".to_owned(),
            self.unit.to_owned(),
            self.at.china_day_text(),
        ]
        .join("\n")
    }
}
