//! How many tests passed, read from what each runner says; a runner that says nothing is an error.

use std::ops::AddAssign;

/// Tests of one suite by how they ended.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Reads nextest's `Summary [ 1.2s] 5 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 2 skipped`.
pub fn nextest(text: &str) -> Option<Counts> {
    let line = text
        .lines()
        .rev()
        .find(|line| line.trim_start().starts_with("Summary ["))?;
    let (_, results) = line.split_once(" run: ")?;
    Some(Counts {
        passed: before(results, " passed").unwrap_or(0),
        failed: [" failed", " timed out", " exec failed"]
            .iter()
            .filter_map(|word| before(results, word))
            .sum(),
        skipped: before(results, " skipped").unwrap_or(0),
    })
}

/// Adds up the `test result: ok. 3 passed; 0 failed; 1 ignored; …` lines of the standard test harness.
pub fn libtest(text: &str) -> Option<Counts> {
    let mut sum = None;
    for line in text.lines().filter(|line| line.starts_with("test result:")) {
        *sum.get_or_insert(Counts::default()) += Counts {
            passed: before(line, " passed")?,
            failed: before(line, " failed")?,
            skipped: before(line, " ignored")?,
        };
    }
    sum
}

/// Reads the report of `vitest --reporter=json`.
pub fn vitest(json: &str) -> Option<Counts> {
    Some(Counts {
        passed: after(json, "\"numPassedTests\":")?,
        failed: after(json, "\"numFailedTests\":")? + broken_files(json),
        skipped: after(json, "\"numPendingTests\":")? + after(json, "\"numTodoTests\":")?,
    })
}

/// A test file that does not even load has no tests to fail; it counts as one.
fn broken_files(json: &str) -> u64 {
    let loads_not = json.matches("\"assertionResults\":[],").count();
    u64::try_from(loads_not).unwrap_or(u64::MAX)
}

/// Reads the report of `playwright test --reporter=json`; a flaky test is a failed one here.
pub fn playwright(json: &str) -> Option<Counts> {
    let stats = &json[json.rfind("\"stats\":")?..];
    Some(Counts {
        passed: after(stats, "\"expected\":")?,
        failed: after(stats, "\"unexpected\":")? + after(stats, "\"flaky\":")?,
        skipped: after(stats, "\"skipped\":")?,
    })
}

fn before(text: &str, word: &str) -> Option<u64> {
    let head = &text[..text.find(word)?];
    head.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn after(text: &str, key: &str) -> Option<u64> {
    let tail = text[text.find(key)? + key.len()..].trim_start();
    tail.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nextest_summary_is_read_with_slow_and_timed_out_tests() {
        let text = "   Compiling x\n     Summary [   4.123s] 37 tests run: 34 passed (2 slow), \
                    2 failed, 1 timed out, 5 skipped\n";
        assert_eq!(
            nextest(text),
            Some(Counts {
                passed: 34,
                failed: 3,
                skipped: 5
            })
        );
    }

    #[test]
    fn a_nextest_run_without_a_summary_is_not_a_success() {
        assert_eq!(nextest("error: could not compile `x`"), None);
    }

    #[test]
    fn the_standard_harness_is_added_up_over_binaries() {
        let text = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
                    test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured\n";
        assert_eq!(
            libtest(text),
            Some(Counts {
                passed: 4,
                failed: 2,
                skipped: 1
            })
        );
    }

    #[test]
    fn a_vitest_report_is_read_and_a_file_that_does_not_load_fails() {
        let json = r#"{"numTotalTests":9,"numPassedTests":6,"numFailedTests":1,"numPendingTests":1,
            "numTodoTests":1,"testResults":[{"assertionResults":[],"status":"failed"}]}"#;
        assert_eq!(
            vitest(json),
            Some(Counts {
                passed: 6,
                failed: 2,
                skipped: 2
            })
        );
    }

    #[test]
    fn a_playwright_report_is_read_and_a_flaky_test_fails() {
        let json = r#"{"suites":[{"expected": 99}],"stats": {"duration": 12.5,
            "expected": 5, "skipped": 1, "unexpected": 0, "flaky": 1}}"#;
        assert_eq!(
            playwright(json),
            Some(Counts {
                passed: 5,
                failed: 1,
                skipped: 1
            })
        );
    }
}
