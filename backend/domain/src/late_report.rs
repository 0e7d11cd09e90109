//! 事后报案 (程序规定 art. 18): reported after the scene was cleared; accepted or not within three working days.
//!
//! What was filed and what was answered, and the words of the written notice. Whether it may be filed or decided is
//! judged in `accident/late.rs`; which day is a working day is the calendar's business.

use serde::{Deserialize, Serialize};

use time::{OffsetDateTime, Time};

use crate::calendar::{Calendar, NoCalendar};
use crate::fact::Fact;
use crate::time::{CHINA, Instant};

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

/// The end of the last working day for the decision, Chinese time; the day of filing is not counted (art. 112).
///
/// # Errors
/// The term reaches into a year whose calendar is not there.
pub fn decide_by(filed_at: Instant, working_days: u8, calendar: &Calendar) -> Result<Instant, NoCalendar> {
    let last = calendar.add_working_days(filed_at.china_day(), u32::from(working_days))?;
    let end = Time::MIDNIGHT - time::Duration::SECOND;
    Ok(OffsetDateTime::new_in_offset(last.day, end, CHINA).into())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_working_day_ends_at_midnight_and_holidays_do_not_count() {
        let calendar = &crate::rule_pack::built_in().unwrap().calendar;
        let by = |filed: &str| decide_by(filed.parse().unwrap(), 3, calendar).map(|at| at.china_text());
        // Monday; Friday over a weekend; late on the last working day before the National Day week.
        assert_eq!(by("2026-03-02T09:00:00+08:00").unwrap(), "2026年03月05日23时59分");
        assert_eq!(by("2026-03-06T23:59:59+08:00").unwrap(), "2026年03月11日23时59分");
        assert_eq!(by("2026-09-30T10:00:00+08:00").unwrap(), "2026年10月10日23时59分");
        // The Chinese day counts, not the UTC one.
        assert_eq!(by("2026-03-01T16:30:00Z").unwrap(), "2026年03月05日23时59分");
        assert!(by("2031-03-03T09:00:00+08:00").is_err());
    }

    #[test]
    fn the_notice_reads_as_a_letter() {
        let notice = Notice {
            unit: "诸暨市公安局交通警察大队",
            names: &["王建国", "李䶮"],
            filed_at: "2026-03-02T10:00:00+08:00".parse().unwrap(),
            occurred_at: "2026-03-01T08:15:00+08:00".parse().unwrap(),
            place: "诸暨市暨阳街道艮塔路与东一路交叉口",
            reason: "双方照片拍摄于不同地点，无法证明事故事实存在。",
            at: "2026-03-04T15:00:00+08:00".parse().unwrap(),
        };
        assert_eq!(
            notice.text(),
            "事后报案不予受理告知书\n\
             王建国、李䶮：\n\
             2026年03月02日10时00分报案称：2026年03月01日08时15分，在诸暨市暨阳街道艮塔路与东一路交叉口发生道路交通事故，现场已经撤除。\n\
             经核查，双方照片拍摄于不同地点，无法证明事故事实存在。根据《道路交通事故处理程序规定》第十八条的规定，决定不予受理，特此书面告知。\n\
             损害赔偿可以由各方自行协商，也可以依法直接向人民法院提起民事诉讼。有新的证据证明事故事实的，可以再次提出处理申请。对本决定不服的，可以自收到本告知书之日起六十日内依法申请行政复议，或者六个月内依法提起行政诉讼。\n\
             诸暨市公安局交通警察大队\n\
             2026年03月04日"
        );
    }
}
