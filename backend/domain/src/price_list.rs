//! 定损价目: what parts and work usually cost, found by a piece of their name. It proposes and binds nobody.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

use crate::assessment::Operation;
use crate::data::{BadData, line_at, parse_toml};
use crate::money::Fen;

/// A hundred thousand yuan: no line of a price list for minor crashes comes near it.
const AMOUNT_MAX: Fen = Fen(10_000_000);

/// A list with its source; empty when no file holds one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriceList {
    pub source: String,
    pub lines: Vec<PriceLine>,
}

/// One part or job on one kind of vehicle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceLine {
    /// `small_car`
    pub vehicle: String,
    /// 小型轿车
    pub label: String,
    pub part: String,
    pub operation: Operation,
    /// Of one part.
    pub unit_price: Fen,
    /// Of the line.
    pub labour: Fen,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: Spanned<String>,
    price: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    vehicle: String,
    label: String,
    lines: Vec<Spanned<Line>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    part: String,
    operation: Operation,
    unit_price_fen: Fen,
    labour_fen: Fen,
}

impl PriceList {
    /// Reads a price list.
    ///
    /// # Errors
    /// With the line: what does not parse, has no source or name, costs what nothing costs, or stands twice.
    pub(crate) fn read(file: &str, text: &str) -> Result<Self, Vec<BadData>> {
        let raw: File = parse_toml(file, text).map_err(|bad| vec![bad])?;
        let mut bad = Vec::new();
        let mut complain = |at: usize, reason: String| {
            bad.push(BadData {
                file: file.to_owned(),
                line: line_at(text, at),
                reason,
            });
        };
        if raw.source.get_ref().trim().is_empty() {
            complain(
                raw.source.span().start,
                "the price list lacks a source".to_owned(),
            );
        }
        let mut lines: Vec<PriceLine> = Vec::new();
        let mut seen = BTreeSet::new();
        for group in raw.price {
            for line in group.lines {
                let at = line.span().start;
                let line = line.into_inner();
                if line.part.trim().is_empty() {
                    complain(at, "a line lacks its part".to_owned());
                }
                for amount in [line.unit_price_fen, line.labour_fen] {
                    if amount.is_negative() || amount > AMOUNT_MAX {
                        complain(at, format!("{} is out of range 0 to {}", amount.0, AMOUNT_MAX.0));
                    }
                }
                let key = (group.vehicle.clone(), line.part.clone(), line.operation.label());
                if !seen.insert(key) {
                    complain(at, format!("{} stands twice", line.part));
                }
                lines.push(PriceLine {
                    vehicle: group.vehicle.clone(),
                    label: group.label.clone(),
                    part: line.part,
                    operation: line.operation,
                    unit_price: line.unit_price_fen,
                    labour: line.labour_fen,
                });
            }
        }
        if bad.is_empty() {
            Ok(Self {
                source: raw.source.into_inner(),
                lines,
            })
        } else {
            Err(bad)
        }
    }

    /// Lines that hold every word of `query` in their part, vehicle or operation: those whose part begins with
    /// the first word come first, then as the file has them. At most `limit`; no words: the first of the list.
    pub fn search(&self, query: &str, limit: usize) -> Vec<&PriceLine> {
        let words: Vec<&str> = query.split_whitespace().collect();
        let holds = |line: &PriceLine, word: &str| {
            line.part.contains(word) || line.label.contains(word) || line.operation.label().contains(word)
        };
        let mut found: Vec<&PriceLine> = self
            .lines
            .iter()
            .filter(|line| words.iter().all(|word| holds(line, word)))
            .collect();
        if let Some(first) = words.first() {
            found.sort_by_key(|line| !line.part.starts_with(first));
        }
        found.truncate(limit);
        found
    }
}

impl Operation {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Replace => "更换",
            Self::Repair => "维修",
            Self::Paint => "喷漆",
            Self::Refit => "拆装",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUILT_IN: &str = include_str!("../rules/price-list.toml");

    #[test]
    fn the_seed_covers_cars_and_e_bikes_and_says_that_it_is_a_sample() {
        let list = PriceList::read("p.toml", BUILT_IN).unwrap();
        assert!(list.lines.len() >= 120, "{}", list.lines.len());
        assert!(list.source.contains("示例"));
        for vehicle in ["small_car", "mid_car", "e_bike"] {
            assert!(list.lines.iter().any(|line| line.vehicle == vehicle), "{vehicle}");
        }
    }

    #[test]
    fn a_part_is_found_by_a_piece_of_its_name_and_narrowed_by_more_words() {
        let list = PriceList::read("p.toml", BUILT_IN).unwrap();
        let parts = |query: &str, limit| -> Vec<String> {
            let found = list.search(query, limit);
            found.into_iter().map(|line| line.part.clone()).collect()
        };
        assert!(parts("前保", 3).iter().all(|part| part.starts_with("前保险杠")));
        assert_eq!(parts("前保 更换 小型", 1), ["前保险杠皮"]);
        assert_eq!(parts("没有这种配件", 10), Vec::<String>::new());
        assert_eq!(parts("", 5).len(), 5);
        let bike = list.search("大灯 电动", 10);
        assert!(!bike.is_empty() && bike.iter().all(|line| line.vehicle == "e_bike"));
    }

    #[test]
    fn a_bad_line_is_named_with_its_place() {
        let list = |line: &str| {
            format!("source = \"s\"\n[[price]]\nvehicle = \"v\"\nlabel = \"l\"\nlines = [\n  {line},\n]\n")
        };
        let cases = [
            (
                r#"{ part = "", operation = "paint", unit_price_fen = 1, labour_fen = 0 }"#,
                "p.toml:6: a line lacks its part",
            ),
            (
                r#"{ part = "p", operation = "paint", unit_price_fen = -1, labour_fen = 0 }"#,
                "p.toml:6: -1 is out of range",
            ),
            (
                r#"{ part = "p", operation = "wash", unit_price_fen = 1, labour_fen = 0 }"#,
                "p.toml:6: unknown variant",
            ),
        ];
        for (line, wanted) in cases {
            let bad = PriceList::read("p.toml", &list(line)).unwrap_err();
            assert!(bad[0].to_string().starts_with(wanted), "{}", bad[0]);
        }
        let line = r#"{ part = "p", operation = "paint", unit_price_fen = 1, labour_fen = 0 }"#;
        let bad = PriceList::read("p.toml", &list(&format!("{line},\n  {line}"))).unwrap_err();
        assert_eq!(bad[0].to_string(), "p.toml:7: p stands twice");
    }
}
