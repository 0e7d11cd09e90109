//! Built-in data files and how one that is wrong says so: file, line, reason.

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A data file that cannot be trusted; refused at start rather than half used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct BadData {
    pub file: String,
    /// Counted from 1; the row the reason is about.
    pub line: usize,
    pub reason: String,
}

/// Everything that is wrong in a set of rule files, in the order it was read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", first(.found))]
pub struct BadRules {
    /// Never empty.
    pub found: Vec<BadData>,
}

/// One line, however much is wrong.
fn first(found: &[BadData]) -> String {
    match found {
        [] => "the rules cannot be read".to_owned(),
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more: see kuaichu rules check)", rest.len()),
    }
}

/// Reads a TOML file into `T`.
///
/// # Errors
/// With the line of the first thing that is wrong.
pub fn parse_toml<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, BadData> {
    toml::from_str(text).map_err(|error| BadData {
        file: file.to_owned(),
        line: error.span().map_or(1, |span| line_at(text, span.start)),
        reason: error.message().replace('\n', " "),
    })
}

/// A value as a data file writes it: with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sourced<T> {
    pub value: T,
    pub source: String,
}

/// What is wrong in one file, line by line, so that a person mends it in one go.
pub(crate) struct Faults<'a> {
    pub file: &'a str,
    pub text: &'a str,
    pub found: Vec<BadData>,
}

impl<'a> Faults<'a> {
    pub fn new(file: &'a str, text: &'a str) -> Self {
        let found = Vec::new();
        Self { file, text, found }
    }

    /// Notes what is wrong at byte `at` of the text.
    pub fn at(&mut self, at: usize, reason: impl Into<String>) {
        self.found.push(BadData {
            file: self.file.to_owned(),
            line: line_at(self.text, at),
            reason: reason.into(),
        });
    }

    /// Notes a source that says nothing.
    pub fn source(&mut self, at: usize, name: &str, source: &str) {
        if source.trim().is_empty() {
            self.at(at, format!("{name} lacks a source"));
        }
    }
}

/// The line that byte `at` of `text` lies in, counted from 1.
pub fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_does_not_parse_says_which_line() {
        #[derive(serde::Deserialize, Debug)]
        struct Row {
            #[expect(dead_code, reason = "only its type matters")]
            amount: i64,
        }
        let error = parse_toml::<Row>("rules/x.toml", "# a\n# b\namount = \"much\"\n").unwrap_err();
        assert_eq!(error.line, 3);
        assert!(error.to_string().starts_with("rules/x.toml:3: "), "{error}");
    }
}
