//! Terms of the procedure: until which day something must be done, by which article.
//!
//! The day of the event is not counted; a term ends with the end of its last day, Chinese time. Days are
//! working days where 程序规定 art. 112 says so. Pure: the event, the pack's terms and the calendar decide.
//! A year without a calendar has no answer ([`NoCalendar`]).

use serde::Serialize;
use time::{Date, Duration, Month};

use crate::accident::Accident;
use crate::calendar::{Calendar, Counted, NoCalendar};
use crate::review::{Filed, Review};
use crate::rule_pack::Terms;
use crate::stage::Stage;
use crate::time::Instant;

/// What has a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// The finding is made, from the report (from acceptance, when it was reported late).
    Finding,
    /// A late report is accepted or refused, from filing.
    LateReport,
    /// A party applies for review, from service.
    Review,
    /// The issuing unit forwards an application, from receiving it.
    ReviewForward,
    /// The issuing unit submits the file when the application was made above, from being told.
    ReviewFile,
    /// The decision on review, from acceptance.
    ReviewDecision,
    /// The file is kept, from closing.
    RetainFile,
    /// The session's video is kept, from closing.
    RetainVideo,
}

/// How long a term is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    WorkingDays(u8),
    /// Calendar days.
    Days(u8),
    Months(u8),
    /// Whole calendar years after the year of the event.
    Years(u8),
}

impl Term {
    pub const ALL: [Self; 8] = [
        Self::Finding,
        Self::LateReport,
        Self::Review,
        Self::ReviewForward,
        Self::ReviewFile,
        Self::ReviewDecision,
        Self::RetainFile,
        Self::RetainVideo,
    ];

    /// The word that travels.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::LateReport => "late_report",
            Self::Review => "review",
            Self::ReviewForward => "review_forward",
            Self::ReviewFile => "review_file",
            Self::ReviewDecision => "review_decision",
            Self::RetainFile => "retain_file",
            Self::RetainVideo => "retain_video",
        }
    }

    /// The article it rests on.
    pub const fn article(self) -> &'static str {
        match self {
            Self::Finding => "《道路交通事故处理程序规定》第二十三条、第二十四条、第一百一十二条",
            Self::LateReport => "《道路交通事故处理程序规定》第十六条至第十八条、第一百一十二条",
            Self::Review | Self::ReviewForward | Self::ReviewFile | Self::ReviewDecision => {
                "《道路交通事故处理程序规定》第七十一条至第七十四条、第一百一十二条"
            }
            Self::RetainFile | Self::RetainVideo => "本地案卷、视音频保存规定",
        }
    }

    pub const fn length(self, terms: &Terms) -> Length {
        match self {
            Self::Finding => Length::WorkingDays(terms.finding_working_days),
            Self::LateReport => Length::WorkingDays(terms.late_report_working_days),
            Self::Review => Length::WorkingDays(terms.review_working_days),
            Self::ReviewForward => Length::WorkingDays(terms.review_forward_working_days),
            Self::ReviewFile => Length::WorkingDays(terms.review_file_working_days),
            Self::ReviewDecision => Length::Days(terms.review_decision_days),
            Self::RetainFile => Length::Years(terms.retention_file_years),
            Self::RetainVideo => Length::Months(terms.retention_video_months),
        }
    }

    /// The last day of the term that an event on `from` sets off.
    ///
    /// # Errors
    /// Working days in a year without a calendar.
    pub fn due(self, from: Date, terms: &Terms, calendar: &Calendar) -> Result<Counted, NoCalendar> {
        let fixed = |day: Option<Date>| Counted {
            // The end of the calendar is no day that anybody waits for.
            day: day.unwrap_or(Date::MAX),
            provisional: false,
        };
        Ok(match self.length(terms) {
            Length::WorkingDays(days) => return calendar.add_working_days(from, u32::from(days)),
            Length::Days(days) => fixed(from.checked_add(Duration::days(i64::from(days)))),
            Length::Months(months) => fixed(add_months(from, months)),
            Length::Years(years) => {
                fixed(Date::from_calendar_date(from.year() + i32::from(years), Month::December, 31).ok())
            }
        })
    }

    /// Who must do, or may do, what until when; a sentence for the people concerned.
    pub fn text(self, due: Counted) -> String {
        let day = chinese_day(due.day);
        let mut text = match self {
            Self::Finding => format!("认定书应当在{day}前（含当日）制作。"),
            Self::LateReport => format!("是否受理应当在{day}前（含当日）决定。"),
            Self::Review => format!("对认定有异议的，可以在{day}前（含当日）提出书面复核申请，以一次为限。"),
            Self::ReviewForward => format!("复核申请应当在{day}前（含当日）转送上一级公安机关交通管理部门。"),
            Self::ReviewFile => format!("案卷材料应当在{day}前（含当日）提交上一级公安机关交通管理部门。"),
            Self::ReviewDecision => format!("复核结论应当在{day}前（含当日）作出。"),
            Self::RetainFile => format!("案卷至少保存到{day}；复核、诉讼、投诉未了结的继续保存。"),
            Self::RetainVideo => {
                format!("远程处理的录像至少保存到{day}；作为证据使用的，与案卷保存同样时间。")
            }
        };
        if due.provisional {
            text.push_str(&format!(
                "（{}年的节假日安排尚未公布，公布后这一日期可能变动。）",
                due.day.year()
            ));
        }
        text
    }
}

/// The same day so many months on, or the month's last day when it has none.
fn add_months(from: Date, months: u8) -> Option<Date> {
    let months = i32::from(u8::from(from.month())) - 1 + i32::from(months);
    let month = Month::try_from(u8::try_from(months % 12 + 1).ok()?).ok()?;
    let year = from.year() + months / 12;
    Date::from_calendar_date(year, month, from.day().min(month.length(year))).ok()
}

/// `2026年3月4日`
pub fn chinese_day(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), u8::from(day.month()), day.day())
}

/// The last moment of a day, Chinese time: who acts within the day acts in time.
pub fn end_of(day: Date) -> Instant {
    let midnight = day.midnight().assume_offset(crate::time::CHINA);
    Instant::new(midnight.saturating_add(Duration::days(1) - Duration::MICROSECOND))
}

/// A term of one accident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    pub term: Term,
    /// The day of the event, which is not counted.
    pub from: Date,
    pub due: Result<Counted, NoCalendar>,
    /// Nothing is left to be done: it was done, or may no longer be.
    pub done: bool,
}

/// Every term that the accident has set off by now, in the order in which they begin.
pub fn of(accident: &Accident, terms: &Terms, calendar: &Calendar, now: Instant) -> Vec<Deadline> {
    let begun = |term: Term, from: Instant, done: bool| {
        let from = from.china_day();
        let due = term.due(from, terms, calendar);
        Deadline {
            term,
            from,
            due,
            done,
        }
    };
    let over = |due: Result<Counted, NoCalendar>| due.is_ok_and(|due| end_of(due.day) < now);
    let mut all = Vec::new();
    let late = accident.late_report.as_ref();
    let answer = late.and_then(|late| late.acceptance.as_ref());
    if let Some(late) = late {
        all.push(begun(Term::LateReport, late.filed_at, answer.is_some()));
    }
    // What was reported late is decided upon from its acceptance, and never when it was refused.
    let handled_since = match (late, answer) {
        (None, _) => Some(accident.reported_at),
        (Some(_), Some(answer)) if answer.accepted => Some(answer.at),
        (Some(_), _) => None,
    };
    if let Some(since) = handled_since
        && !matches!(accident.stage, Stage::Escalated { .. } | Stage::Destroyed { .. })
    {
        all.push(begun(Term::Finding, since, accident.finding().is_some()));
    }
    if let Some(served) = accident.served_at() {
        let mut review = begun(Term::Review, served, false);
        review.done = over(review.due) || accident.review.as_ref().is_some_and(|known| !known.never_began());
        all.push(review);
    }
    all.extend(
        accident
            .review
            .as_ref()
            .into_iter()
            .flat_map(|review| of_review(review, begun)),
    );
    if let Some(ended) = accident.ended_at() {
        for term in [Term::RetainFile, Term::RetainVideo] {
            let mut kept = begun(term, ended, false);
            kept.done = over(kept.due);
            all.push(kept);
        }
    }
    all
}

/// What the units must do about an application, until when (arts. 72 to 74).
fn of_review(
    review: &Review,
    begun: impl Fn(Term, Instant, bool) -> Deadline,
) -> impl Iterator<Item = Deadline> {
    let send = match review.filed {
        Filed::Here => Term::ReviewForward,
        Filed::Above => Term::ReviewFile,
    };
    let sent = review.forwarded.is_some() || !review.under_way();
    let decision = review.accepted_on().map(|day| {
        let accepted = Instant::new(day.midnight().assume_offset(crate::time::CHINA));
        begun(Term::ReviewDecision, accepted, !review.under_way())
    });
    [Some(begun(send, review.requested_at, sent)), decision]
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests;
