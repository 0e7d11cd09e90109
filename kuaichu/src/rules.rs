//! The rule packs of an installation: what is built in, with a folder of one's own in its place.
//!
//! `kuaichu rules check` says what files hold before anybody works by them; `rules deadline` counts a term.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use domain::data::{BadData, BadRules};
use domain::deadlines::{Length, Term};
use domain::rule_pack::{self, Listing, RulePacks};
use domain::time::Instant;
use time::Date;

/// Everything is as it should be.
pub const GOOD: u8 = 0;
/// A file is wrong, or there is no answer.
pub const BAD: u8 = 2;

/// A rule file as it was read: its name as a person typed it, and its text.
pub type RuleFile = (String, String);

/// The rules to work by: the built-in ones, or with the files of `folder` in the place of what they replace.
///
/// # Errors
/// One line: a folder that cannot be read; file, line and reason of what is wrong in a file.
pub fn load(folder: Option<&Path>) -> Result<RulePacks> {
    let Some(folder) = folder else {
        return Ok(rule_pack::built_in()?.clone());
    };
    let files = read(folder)?;
    Ok(RulePacks::with(&[&borrowed(&files)])?)
}

/// The `.toml` files of a folder in order of their names, or one file.
///
/// # Errors
/// When it cannot be read, or a folder holds none.
pub fn read(path: &Path) -> Result<Vec<RuleFile>> {
    let cannot = || format!("the rules {} cannot be read", path.display());
    if !path.is_dir() {
        return Ok(vec![text_of(path)?]);
    }
    let mut names = Vec::new();
    for entry in std::fs::read_dir(path).with_context(cannot)? {
        let file = entry.with_context(cannot)?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            names.push(file);
        }
    }
    names.sort();
    if names.is_empty() {
        anyhow::bail!("the rules folder {} holds no .toml file", path.display());
    }
    names.iter().map(|file| text_of(file)).collect()
}

fn text_of(file: &Path) -> Result<RuleFile> {
    let name = file.display().to_string();
    let bytes = std::fs::read(file).with_context(|| format!("the rules {name} cannot be read"))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok((name, text)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let before = error.as_bytes().iter().take(good);
            let line = before.filter(|byte| **byte == b'\n').count() + 1;
            let reason = "the file is not UTF-8 text".to_owned();
            Err(BadData {
                file: name,
                line,
                reason,
            }
            .into())
        }
    }
}

/// The files as the domain takes them.
pub fn borrowed(files: &[RuleFile]) -> Vec<(&str, &str)> {
    files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect()
}

/// The rules to work by with `pack` put in: a file or a folder, in the place of what it replaces.
///
/// # Errors
/// As [`load`].
pub fn load_with(folder: Option<&Path>, pack: &Path) -> Result<RulePacks> {
    let own = folder.map(read).transpose()?.unwrap_or_default();
    let pack = read(pack)?;
    Ok(RulePacks::with(&[&borrowed(&own), &borrowed(&pack)])?)
}

/// One line on `err` for everything that is wrong, as far as rules can say it; other errors are handed back.
///
/// # Errors
/// What is no fault of a rule file.
pub fn tell(error: anyhow::Error, err: &mut impl Write) -> Result<u8> {
    if let Some(bad) = error.downcast_ref::<BadRules>() {
        for one in &bad.found {
            writeln!(err, "{one}")?;
        }
        return Ok(BAD);
    }
    if let Some(bad) = error.downcast_ref::<BadData>() {
        writeln!(err, "{bad}")?;
        return Ok(BAD);
    }
    Err(error)
}

/// `rules check`: what the files say; what is wrong, one line each, on `err`. Answers with the exit code.
///
/// # Errors
/// When a file cannot be read or nothing can be written.
pub fn check(paths: &[PathBuf], out: &mut impl Write, err: &mut impl Write) -> Result<u8> {
    let mut files = Vec::new();
    for path in paths {
        match read(path) {
            Ok(read) => files.extend(read),
            Err(error) => {
                return tell(error, err).or_else(|error| {
                    writeln!(err, "{error:#}")?;
                    Ok(BAD)
                });
            }
        }
    }
    let files = borrowed(&files);
    let listing = match RulePacks::with(&[&files]).and_then(|_| rule_pack::list(&files)) {
        Ok(listing) => listing,
        Err(bad) => return tell(bad.into(), err),
    };
    out.write_all(listed(&listing).as_bytes())?;
    out.flush()?;
    Ok(GOOD)
}

/// Writing into a String cannot fail.
fn listed(listing: &Listing) -> String {
    let mut text = String::new();
    for pack in &listing.packs {
        let above = pack.parent.as_deref().map_or_else(
            || ", on its own".to_owned(),
            |parent| format!(", on top of {parent}"),
        );
        let _ = writeln!(text, "{}: region {}{above}", pack.file, pack.region);
        for edition in &pack.editions {
            let until = edition.until.map_or_else(|| "open".to_owned(), moment);
            let values = edition.values.len();
            let _ = writeln!(
                text,
                "  in force {} until {until}, {values} values",
                moment(edition.in_force)
            );
            for value in &edition.values {
                let _ = writeln!(text, "    {} = {}  ({})", value.name, value.value, value.source);
            }
        }
    }
    for (year, file, provisional, source) in &listing.years {
        let provisional = if *provisional { ", provisional" } else { "" };
        let _ = writeln!(text, "{file}: holidays of {year}{provisional}  ({source})");
    }
    for agreement in &listing.agreements {
        let until = agreement.until.map_or_else(|| "open".to_owned(), moment);
        let _ = writeln!(
            text,
            "agreement {} of {}: in force {} until {until}, {} members  ({})",
            agreement.id,
            agreement.region,
            moment(agreement.in_force),
            agreement.members.len(),
            agreement.source
        );
        for (name, source) in &agreement.sources {
            let _ = writeln!(text, "    {name}  ({source})");
        }
    }
    let files = listing.packs.len() + listing.years.len();
    let _ = writeln!(
        text,
        "{files} files of packs and holidays, {} agreements: nothing is wrong",
        listing.agreements.len()
    );
    text
}

/// The day on the Chinese calendar, and the clock when it is not midnight.
fn moment(at: Instant) -> String {
    let day = domain::day::text(at.china_day());
    let clock = at.china_text();
    match clock.split_once('日') {
        Some((_, "00时00分")) | None => day,
        Some((_, clock)) => format!("{day} {clock}"),
    }
}

/// `rules deadline`: the last day of a term that an event on `from` sets off.
///
/// # Errors
/// When nothing can be written.
pub fn deadline(
    packs: &RulePacks,
    (term, from, region): (Term, Date, &str),
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<u8> {
    let at = domain::deadlines::end_of(from);
    let pack = match packs.choose(region, at) {
        Ok(pack) => pack,
        Err(error) => {
            writeln!(err, "{error}")?;
            return Ok(BAD);
        }
    };
    let due = match term.due(from, &pack.terms, &packs.calendar) {
        Ok(due) => due,
        Err(missing) => {
            writeln!(err, "{missing}")?;
            return Ok(BAD);
        }
    };
    let length = match term.length(&pack.terms) {
        Length::WorkingDays(days) => format!("{days} working days"),
        Length::Days(days) => format!("{days} days"),
        Length::Months(months) => format!("{months} months"),
        Length::Years(years) => format!("{years} whole years"),
    };
    writeln!(out, "{}  {length}, {}", domain::day::text(due.day), pack.id)?;
    writeln!(out, "{}", term.text(due))?;
    writeln!(out, "{}", term.article())?;
    Ok(GOOD)
}
