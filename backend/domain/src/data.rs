//! Built-in data files and how one that is wrong says so: file, line, reason.

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
