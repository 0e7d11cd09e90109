//! `kuaichu settle`: one accident in, one plan out, without a server.
//!
//! For people who write rules and insurers who check us. It computes nothing itself and opens no
//! file: the caller brings readers and writers.

use std::io::{self, BufRead, Read, Write};

use domain::rule_pack::RulePacks;
use domain::settlement::{Plan, SettlementError, SettlementInput, settle};
use serde::Serialize;

/// Everything was settled.
pub const SETTLED: u8 = 0;
/// Something in the input was wrong.
pub const BAD_INPUT: u8 = 2;

/// Largest accident, in bytes: one file, or one line. A full one of 64 parties is far smaller.
pub const ACCIDENT_BYTES_MAX: usize = 1 << 20;

/// One line of `--lines` output when there is no plan.
#[derive(Serialize)]
struct Refusal<'a> {
    error: &'a SettlementError,
}

/// Settles one accident, or with `lines` one per line, and answers with the exit code.
///
/// Alone, bad input leaves one line on `err` that names the field. With `lines` every input line
/// gets one output line, a plan or an error, and the rest goes on.
///
/// # Errors
/// Only when reading or writing fails.
pub fn run(
    mut input: impl BufRead,
    lines: bool,
    packs: &RulePacks,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<u8> {
    if lines {
        return every_line(input, packs, out);
    }
    let mut accident = Vec::new();
    // One byte more than allowed tells a file that is too large from one that just fits.
    input
        .by_ref()
        .take(ACCIDENT_BYTES_MAX as u64 + 1)
        .read_to_end(&mut accident)?;
    match plan(&accident, packs) {
        Ok(plan) => {
            serde_json::to_writer_pretty(&mut *out, &plan)?;
            out.write_all(b"\n")?;
            out.flush()?;
            Ok(SETTLED)
        }
        Err(error) => {
            writeln!(err, "{}: {}: {}", error.field, error.code, error.message)?;
            Ok(BAD_INPUT)
        }
    }
}

fn every_line(mut input: impl BufRead, packs: &RulePacks, out: &mut impl Write) -> io::Result<u8> {
    let mut code = SETTLED;
    let mut line = Vec::new();
    let mut number = 0_u64;
    while next_line(&mut input, &mut line)? {
        number += 1;
        match plan(&line, packs) {
            Ok(plan) => serde_json::to_writer(&mut *out, &plan)?,
            Err(mut error) => {
                code = BAD_INPUT;
                // The reader counts within the one line it was given.
                error.message = error.message.replacen("第1行", &format!("第{number}行"), 1);
                serde_json::to_writer(&mut *out, &Refusal { error: &error })?;
            }
        }
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(code)
}

fn plan(accident: &[u8], packs: &RulePacks) -> Result<Plan, SettlementError> {
    if accident.len() > ACCIDENT_BYTES_MAX {
        let message = format!("一起事故的数据不能超过{ACCIDENT_BYTES_MAX}字节。");
        return Err(SettlementError::new("too_long", "$", message));
    }
    let input = SettlementInput::from_json(accident)?;
    settle(&input, input.choose_pack(packs)?)
}

/// Reads the next line without its end into `line`; `false` when there is none. A line that is too
/// long is cut just beyond the limit, and its rest passed over, so memory stays bounded.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let mut any = false;
    loop {
        let available = match input.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if available.is_empty() {
            return Ok(any);
        }
        any = true;
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = available
            .get(..end.unwrap_or(available.len()))
            .unwrap_or_default();
        let room = (ACCIDENT_BYTES_MAX + 1).saturating_sub(line.len());
        line.extend(part.iter().take(room));
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const EXAMPLES: &str = include_str!("../../tests/golden/settlement-examples.json");

    fn ran(input: &[u8], lines: bool) -> (u8, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(
            input,
            lines,
            domain::rule_pack::built_in().unwrap(),
            &mut out,
            &mut err,
        )
        .unwrap();
        (
            code,
            String::from_utf8(out).unwrap(),
            String::from_utf8(err).unwrap(),
        )
    }

    fn examples() -> Vec<Value> {
        serde_json::from_str(EXAMPLES).unwrap()
    }

    fn fixed(payments: &Value) -> Vec<String> {
        let fields = ["head", "cover", "holder", "payee", "amount"];
        let one = |payment: &Value| fields.map(|field| payment[field].to_string()).join(" ");
        let mut all: Vec<String> = payments.as_array().unwrap().iter().map(one).collect();
        all.sort();
        all
    }

    #[test]
    fn every_signed_off_case_comes_out_of_the_command_too() {
        let cases = examples();
        let input: String = cases.iter().map(|case| format!("{}\n", case["input"])).collect();
        let (code, out, err) = ran(input.as_bytes(), true);
        assert_eq!((code, err.as_str()), (SETTLED, ""));
        let plans: Vec<Value> = out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(plans.len(), cases.len());
        for (plan, case) in plans.iter().zip(&cases) {
            assert_eq!(
                fixed(&plan["payments"]),
                fixed(&case["expect"]["payments"]),
                "{}",
                case["id"]
            );
            let (code, alone, _) = ran(case["input"].to_string().as_bytes(), false);
            assert_eq!(
                (code, serde_json::from_str::<Value>(&alone).unwrap()),
                (SETTLED, plan.clone())
            );
        }
    }

    #[test]
    fn bad_input_alone_leaves_one_line_that_names_the_field() {
        let mut input = examples()[0]["input"].clone();
        input["parties"][1]["losses"]["vehicle"] = serde_json::json!(-5);
        let (code, out, err) = ran(input.to_string().as_bytes(), false);
        assert_eq!((code, out.as_str()), (BAD_INPUT, ""));
        assert_eq!(
            err,
            "parties[1].losses.vehicle: negative_amount: 金额不能为负数。\n"
        );
        for nothing in [&b""[..], b"\n", b"{", b"\xff\xfe", b"null"] {
            let (code, out, err) = ran(nothing, false);
            assert_eq!((code, out.as_str(), err.lines().count()), (BAD_INPUT, "", 1));
        }
    }

    #[test]
    fn with_lines_every_line_gets_an_answer_and_the_rest_goes_on() {
        let cases = examples();
        let mut three = cases[11]["input"].clone();
        three["parties"][0]["liability"] = "primary".into();
        let good = &cases[0]["input"];
        // The last line has no end, one is empty, one is far too long.
        let long = format!("\"{}\"", "x".repeat(3 * ACCIDENT_BYTES_MAX));
        let input = format!("{good}\n{three}\n\n{long}\n{{\n{good}");
        let (code, out, err) = ran(input.as_bytes(), true);
        assert_eq!((code, err.as_str()), (BAD_INPUT, ""));
        let answers: Vec<Value> = out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let codes: Vec<&str> = answers
            .iter()
            .map(|a| a["error"]["code"].as_str().unwrap_or("plan"))
            .collect();
        assert_eq!(
            codes,
            [
                "plan",
                "shares_required",
                "malformed_json",
                "too_long",
                "malformed_json",
                "plan"
            ]
        );
        assert_eq!(answers[1]["error"]["field"], "parties[0].share");
        let malformed = answers[4]["error"]["message"].as_str().unwrap();
        assert!(malformed.contains("第5行"), "{malformed}");
        assert_eq!(answers[0], answers[5]);
        assert_eq!(ran(b"", true), (SETTLED, String::new(), String::new()));
    }
}
