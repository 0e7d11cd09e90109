//! What an attempt heard, and when the next one is. It knows numbers and answers; it waits for nobody.

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use time::format_description::well_known::Rfc2822;
use time::{Duration, OffsetDateTime};

use crate::outbound::{Answer, Unreachable};

/// After the first failure, the second, and so on; after the last of these a message is dead.
pub const SCHEDULE: [Duration; 9] = [
    Duration::seconds(5),
    Duration::minutes(5),
    Duration::minutes(30),
    Duration::hours(2),
    Duration::hours(5),
    Duration::hours(10),
    Duration::hours(14),
    Duration::hours(20),
    Duration::hours(24),
];
/// Nobody is asked to wait longer by `Retry-After`.
const WAIT_MAX: Duration = Duration::hours(24);
/// A delay grows by up to a tenth, so that what failed together does not come back together.
const JITTER_PART: i32 = 10;
/// The word for what an older gateway refuses for good.
const REFUSED: &str = "refused";
/// Characters of an answer that are kept.
const ANSWER_CHARS_MAX: usize = 1_000;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub status: Option<u16>,
    /// A word; none: it has arrived.
    pub error: Option<&'static str>,
    /// The beginning of the body.
    pub answer: String,
    pub retry_after: Option<Duration>,
}

impl Heard {
    pub fn nothing(error: &'static str) -> Self {
        Self {
            status: None,
            error: Some(error),
            answer: String::new(),
            retry_after: None,
        }
    }

    /// `accepted`: by the endpoint's format it has arrived.
    pub fn of(answer: &Answer, accepted: bool) -> Self {
        let text = String::from_utf8_lossy(&answer.body);
        let error = if answer.status.is_success() {
            "not_accepted"
        } else {
            "status"
        };
        Self {
            status: Some(answer.status.as_u16()),
            error: (!accepted).then_some(error),
            // No database keeps U+0000 in a text.
            answer: text
                .chars()
                .filter(|c| *c != '\0')
                .take(ANSWER_CHARS_MAX)
                .collect(),
            retry_after: retry_after(answer),
        }
    }
}

impl Heard {
    /// The endpoint refuses this message, whenever it comes.
    #[must_use]
    pub fn for_good(self) -> Self {
        Self {
            error: Some(REFUSED),
            ..self
        }
    }

    pub fn is_for_good(&self) -> bool {
        self.error == Some(REFUSED)
    }
}

/// How long it asks us to wait, when it is busy.
fn retry_after(answer: &Answer) -> Option<Duration> {
    let busy = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE];
    if !busy.contains(&answer.status) {
        return None;
    }
    let said = answer.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = said.parse::<u32>() {
        return Some(Duration::seconds(seconds.into()));
    }
    // A date is measured against the answer's own clock: that clock, not ours, wrote it.
    let date = answer.headers.get("date")?.to_str().ok()?;
    let until = OffsetDateTime::parse(said, &Rfc2822).ok()?;
    let now = OffsetDateTime::parse(date, &Rfc2822).ok()?;
    Some(until - now)
}

/// How long to wait after `tries` failures; `chance` spreads the delays. None: it was the last try.
pub fn after(tries: i64, asked: Option<Duration>, chance: u8) -> Option<Duration> {
    let place = usize::try_from(tries - 1).ok()?;
    let delay = *SCHEDULE.get(place)?;
    let spread = delay * i32::from(chance) / (i32::from(u8::MAX) * JITTER_PART);
    let asked = asked.unwrap_or_default().min(WAIT_MAX);
    Some((delay + spread).max(asked))
}

/// Why nobody was reached, as a word for the insurer's log: it does not tell where a name leads.
pub fn word(error: &Unreachable) -> &'static str {
    match error {
        Unreachable::NotAllowedUrl
        | Unreachable::Plain(_)
        | Unreachable::Inside(_)
        | Unreachable::Port(_) => "address_not_allowed",
        Unreachable::NoAddress(_) => "no_address",
        Unreachable::Slow(_) => "timeout",
        Unreachable::Connection(_) | Unreachable::Status(_) | Unreachable::Body(_) => "no_connection",
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};
    use bytes::Bytes;

    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_static(value));
        }
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: map,
            body: Bytes::from_static(b"a\0b"),
            whole: true,
        }
    }

    #[test]
    fn delays_are_those_that_are_promised_and_never_shorter() {
        for (place, delay) in SCHEDULE.iter().enumerate() {
            let tries = i64::try_from(place).unwrap() + 1;
            assert_eq!(after(tries, None, 0), Some(*delay));
            assert_eq!(after(tries, None, 255), Some(*delay + *delay / 10));
        }
        assert_eq!(after(10, None, 7), None, "the tenth failure is the last");
        let total: Duration = SCHEDULE.iter().sum();
        assert!(total > Duration::days(3), "{total}");
    }

    #[test]
    fn who_is_busy_is_given_the_time_it_asks_for_up_to_a_day() {
        let asked = |answer: &Answer| Heard::of(answer, false).retry_after;
        let busy = answer(429, &[("retry-after", "120")]);
        assert_eq!(asked(&busy), Some(Duration::minutes(2)));
        assert_eq!(after(1, asked(&busy), 0), Some(Duration::minutes(2)));
        assert_eq!(
            after(3, asked(&busy), 0),
            Some(Duration::minutes(30)),
            "not sooner than planned"
        );
        let days = answer(503, &[("retry-after", "9999999")]);
        assert_eq!(after(1, asked(&days), 0), Some(Duration::hours(24)));
        let dated = answer(
            503,
            &[
                ("date", "Tue, 24 Nov 2026 01:00:00 GMT"),
                ("retry-after", "Tue, 24 Nov 2026 01:10:00 GMT"),
            ],
        );
        assert_eq!(asked(&dated), Some(Duration::minutes(10)));
        assert_eq!(asked(&answer(500, &[("retry-after", "120")])), None);
        assert_eq!(asked(&answer(503, &[("retry-after", "soon")])), None);
    }

    #[test]
    fn an_answer_is_kept_without_what_no_database_keeps() {
        let heard = Heard::of(&answer(204, &[]), true);
        assert_eq!(
            (heard.status, heard.error, heard.answer.as_str()),
            (Some(204), None, "ab")
        );
        assert_eq!(Heard::of(&answer(200, &[]), false).error, Some("not_accepted"));
        assert_eq!(Heard::of(&answer(302, &[]), false).error, Some("status"));
    }
}
