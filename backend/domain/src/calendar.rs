//! Working days in China: weekends, public holidays and make-up working days (调休), as published year by year.
//!
//! Data, never a guess: a day in a year without a file has no answer.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use time::{Date, Duration, Month, Weekday};
use toml::Spanned;

use crate::data::{BadData, Faults, parse_toml};

/// Every year there is a file for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i32, Year>,
}

/// One year's arrangement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    pub year: i32,
    pub file: String,
    pub source: String,
    /// Only what the law itself fixes; the year's notice may still move days.
    pub provisional: bool,
    off: BTreeSet<Date>,
    work: BTreeSet<Date>,
}

/// The calendar of that year is not there, and nothing guesses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("缺少{year}年的节假日安排，无法计算工作日")]
pub struct NoCalendar {
    pub year: i32,
}

/// A day that was counted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub day: Date,
    /// A day on the way lies in a year whose arrangement is not published: it may move.
    pub provisional: bool,
}

impl Calendar {
    pub(crate) fn new(years: BTreeMap<i32, Year>) -> Self {
        Self { years }
    }

    pub fn years(&self) -> impl Iterator<Item = &Year> {
        self.years.values()
    }

    /// # Errors
    /// No file for the day's year.
    pub fn is_working_day(&self, day: Date) -> Result<bool, NoCalendar> {
        let year = self.year(day)?;
        // A New Year's arrangement reaches back into the December before.
        let next = self.years.get(&day.year().saturating_add(1));
        let says = |set: fn(&Year) -> &BTreeSet<Date>| {
            set(year).contains(&day) || next.is_some_and(|next| set(next).contains(&day))
        };
        if says(|year| &year.work) {
            return Ok(true);
        }
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        Ok(!weekend && !says(|year| &year.off))
    }

    /// The `n`th working day after `day`, which itself is not counted; for 0 the day itself.
    ///
    /// # Errors
    /// A day on the way lies in a year without a file.
    pub fn add_working_days(&self, day: Date, n: u32) -> Result<Counted, NoCalendar> {
        let mut counted = Counted {
            day,
            provisional: false,
        };
        let mut left = n;
        while left > 0 {
            counted.day = counted.day.next_day().ok_or(NoCalendar { year: day.year() })?;
            counted.provisional |= self.year(counted.day)?.provisional;
            if self.is_working_day(counted.day)? {
                left -= 1;
            }
        }
        Ok(counted)
    }

    fn year(&self, day: Date) -> Result<&Year, NoCalendar> {
        let year = day.year();
        self.years.get(&year).ok_or(NoCalendar { year })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    year: Spanned<i32>,
    #[serde(default)]
    provisional: bool,
    source: Spanned<String>,
    holiday: Vec<Spanned<Holiday>>,
}

/// One holiday as a notice words it: off from … until …, to work on ….
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    name: String,
    #[serde(with = "crate::day")]
    from: Date,
    #[serde(with = "crate::day")]
    until: Date,
    #[serde(default)]
    work: Vec<Day>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Day(#[serde(with = "crate::day")] Date);

/// No holiday is longer; a longer one is a slip of the pen.
const HOLIDAY_DAYS_MAX: i64 = 15;

impl Year {
    /// Reads one year's file.
    ///
    /// # Errors
    /// Everything that is wrong in it, in order.
    pub(crate) fn read(file: &str, text: &str) -> Result<Self, Vec<BadData>> {
        let data: File = parse_toml(file, text).map_err(|bad| vec![bad])?;
        let mut faults = Faults::new(file, text);
        let year = *data.year.get_ref();
        if !(2000..=2200).contains(&year) {
            faults.at(
                data.year.span().start,
                format!("{year} is no year of the calendar"),
            );
        }
        faults.source(data.source.span().start, "the calendar", data.source.get_ref());
        let mut read = Self {
            year,
            file: file.to_owned(),
            source: data.source.into_inner(),
            provisional: data.provisional,
            off: BTreeSet::new(),
            work: BTreeSet::new(),
        };
        for holiday in data.holiday {
            let at = holiday.span().start;
            read.take(holiday.into_inner(), at, &mut faults);
        }
        if faults.found.is_empty() {
            Ok(read)
        } else {
            Err(faults.found)
        }
    }

    fn take(&mut self, holiday: Holiday, at: usize, faults: &mut Faults<'_>) {
        let Holiday {
            name,
            from,
            until,
            work,
        } = holiday;
        let length = (until - from).whole_days();
        if !(0..HOLIDAY_DAYS_MAX).contains(&length) {
            faults.at(
                at,
                format!("{name} does not end within {HOLIDAY_DAYS_MAX} days of its start"),
            );
            return;
        }
        let own = |day: Date| {
            day.year() == self.year || (day.year() == self.year - 1 && day.month() == Month::December)
        };
        let off: Vec<Date> = (0..=length).map(|days| from + Duration::days(days)).collect();
        for day in off.iter().copied().chain(work.iter().map(|Day(day)| *day)) {
            if !own(day) {
                let day = crate::day::text(day);
                faults.at(at, format!("{day} of {name} does not lie in {}", self.year));
            }
        }
        for day in off {
            if !self.off.insert(day) {
                faults.at(at, format!("{} stands twice", crate::day::text(day)));
            }
        }
        for Day(day) in work {
            if !self.work.insert(day) {
                faults.at(at, format!("{} stands twice", crate::day::text(day)));
            }
            if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
                let day = crate::day::text(day);
                faults.at(
                    at,
                    format!("{day} is no weekend: it needs no make-up working day"),
                );
            }
        }
        if let Some(day) = self.off.intersection(&self.work).next() {
            faults.at(at, format!("{} is both off and at work", crate::day::text(*day)));
        }
    }
}

#[cfg(test)]
mod tests;
