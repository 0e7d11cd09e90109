//! Small languages of a gateway's file: words with names in braces, and patterns of dates.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use domain::time::{CHINA, Instant};
use time::OffsetDateTime;

/// Text with names in braces: `{timestamp}.{body}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(pub Vec<Word>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    Text(String),
    Name(String),
}

impl Words {
    /// # Errors
    /// A brace without its partner.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut words = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| format!("{text:?} has a {{ without a }}"))?;
            if !before.is_empty() {
                words.push(Word::Text(before.to_owned()));
            }
            words.push(Word::Name(name.to_owned()));
            rest = after;
        }
        if !rest.is_empty() {
            words.push(Word::Text(rest.to_owned()));
        }
        Ok(Self(words))
    }

    /// The same, when every name is one of these.
    ///
    /// # Errors
    /// Also a name that is none of them.
    pub fn of(text: &str, names: &[&str]) -> Result<Self, String> {
        let words = Self::read(text)?;
        if let Some(name) = words.names().find(|name| !names.contains(name)) {
            return Err(format!("there is no {{{name}}} here, only {}", names.join(", ")));
        }
        Ok(words)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|word| match word {
            Word::Name(name) => Some(name.as_str()),
            Word::Text(_) => None,
        })
    }

    /// The text with these in the place of the names.
    pub fn say(&self, spoken: &BTreeMap<&str, String>) -> String {
        let words = self.0.iter().map(|word| match word {
            Word::Text(text) => text.as_str(),
            Word::Name(name) => spoken.get(name.as_str()).map_or("", String::as_str),
        });
        words.collect()
    }
}

/// How a moment is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Seconds since 1970.
    Unix,
    /// Milliseconds since 1970.
    UnixMs,
    China(Vec<Part>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Milli,
    Text(char),
}

const PARTS: [(&str, Part); 7] = [
    ("yyyy", Part::Year),
    ("MM", Part::Month),
    ("dd", Part::Day),
    ("HH", Part::Hour),
    ("mm", Part::Minute),
    ("SSS", Part::Milli),
    ("ss", Part::Second),
];

impl Pattern {
    /// `unix`, `unix_ms`, or a pattern such as `yyyyMMddHHmmss`, which is China's time.
    ///
    /// # Errors
    /// A letter that stands for nothing.
    pub fn read(text: &str) -> Result<Self, String> {
        match text {
            "unix" => return Ok(Self::Unix),
            "unix_ms" => return Ok(Self::UnixMs),
            _ => {}
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some((word, part)) = PARTS.iter().find(|(word, _)| rest.starts_with(word)) {
                parts.push(part.clone());
                rest = &rest[word.len()..];
            } else if first.is_ascii_alphabetic() && first != 'T' {
                return Err(format!(
                    "{text:?} is no pattern: yyyy MM dd HH mm ss SSS, or unix, or unix_ms"
                ));
            } else {
                parts.push(Part::Text(first));
                rest = &rest[first.len_utf8()..];
            }
        }
        Ok(Self::China(parts))
    }

    pub fn write(&self, at: Instant) -> String {
        let parts = match self {
            Self::Unix => return (at.unix_micros() / 1_000_000).to_string(),
            Self::UnixMs => return (at.unix_micros() / 1_000).to_string(),
            Self::China(parts) => parts,
        };
        let at: OffsetDateTime = at.into_inner().to_offset(CHINA);
        let mut text = String::new();
        for part in parts {
            let written = match part {
                Part::Year => write!(text, "{:04}", at.year()),
                Part::Month => write!(text, "{:02}", u8::from(at.month())),
                Part::Day => write!(text, "{:02}", at.day()),
                Part::Hour => write!(text, "{:02}", at.hour()),
                Part::Minute => write!(text, "{:02}", at.minute()),
                Part::Second => write!(text, "{:02}", at.second()),
                Part::Milli => write!(text, "{:03}", at.millisecond()),
                Part::Text(c) => write!(text, "{c}"),
            };
            // Writing to a String does not fail.
            debug_assert!(written.is_ok());
        }
        text
    }
}

/// Yuan with two decimals, from fen.
pub fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}
