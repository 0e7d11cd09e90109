//! A set of rule files: which kind each is, which takes whose place, and what they say together.

use std::collections::BTreeMap;

use super::load::{self, Checked, PackFile};
use super::names::{CHOICES, SWITCHES};
use super::{RulePack, RulePacks};
use crate::agreement::{self, Agreement, Agreements};
use crate::calendar::{Calendar, Year};
use crate::data::{BadData, BadRules, parse_toml};
use crate::price_list::PriceList;
use crate::time::Instant;

/// What one file is, told by its first key.
enum Read {
    Pack(PackFile),
    Year(Year),
    Agreements(Vec<Agreement>),
    Prices(PriceList),
}

fn read(file: &str, text: &str) -> Result<Read, Vec<BadData>> {
    let table: toml::Table = parse_toml(file, text).map_err(|bad| vec![bad])?;
    if table.contains_key("agreement") {
        agreement::read(file, text).map(Read::Agreements)
    } else if table.contains_key("year") {
        Year::read(file, text).map(Read::Year)
    } else if table.contains_key("price") {
        PriceList::read(file, text).map(Read::Prices)
    } else {
        load::read(file, text).map(Read::Pack)
    }
}

/// A set of files, sorted by kind.
#[derive(Default)]
struct Set {
    packs: BTreeMap<String, PackFile>,
    years: BTreeMap<i32, Year>,
    agreements: Vec<Agreement>,
    prices: Option<PriceList>,
}

impl Set {
    fn read(files: &[(&str, &str)], bad: &mut Vec<BadData>) -> Self {
        let mut set = Self::default();
        for (file, text) in files {
            match read(file, text) {
                Ok(read) => {
                    if let Err(reason) = set.put(read) {
                        bad.push(at(file, 1, reason));
                    }
                }
                Err(found) => bad.extend(found),
            }
        }
        set
    }

    fn put(&mut self, read: Read) -> Result<(), String> {
        match read {
            Read::Pack(pack) => {
                if let Some(other) = self.packs.get(&pack.region) {
                    return Err(format!(
                        "region {} stands twice, also in {}",
                        pack.region, other.file
                    ));
                }
                self.packs.insert(pack.region.clone(), pack);
            }
            Read::Year(year) => {
                if let Some(other) = self.years.get(&year.year) {
                    return Err(format!("year {} stands twice, also in {}", year.year, other.file));
                }
                self.years.insert(year.year, year);
            }
            Read::Agreements(all) => {
                let twice = all.iter().find(|one| {
                    let mut known = self.agreements.iter();
                    known.any(|other| other.region == one.region || other.id == one.id)
                });
                if let Some(one) = twice {
                    return Err(format!(
                        "agreement {} of {} stands in another file too",
                        one.id, one.region
                    ));
                }
                self.agreements.extend(all);
            }
            Read::Prices(prices) => {
                if self.prices.is_some() {
                    return Err("there is a price list in another file too".to_owned());
                }
                self.prices = Some(prices);
            }
        }
        Ok(())
    }

    /// Takes from `below` what this set says nothing about.
    fn over(&mut self, below: Self) {
        for (region, pack) in below.packs {
            self.packs.entry(region).or_insert(pack);
        }
        for (year, file) in below.years {
            self.years.entry(year).or_insert(file);
        }
        let regions: Vec<String> = self.agreements.iter().map(|one| one.region.clone()).collect();
        let kept = below.agreements.into_iter();
        self.agreements
            .extend(kept.filter(|one| !regions.contains(&one.region)));
        self.prices = self.prices.take().or(below.prices);
    }
}

fn at(file: &str, line: usize, reason: String) -> BadData {
    BadData {
        file: file.to_owned(),
        line,
        reason,
    }
}

/// Reads layers of files, each in the place of what the ones before say of the same region or year.
pub(super) fn load(layers: &[&[(&str, &str)]]) -> Result<RulePacks, BadRules> {
    let mut bad = Vec::new();
    let mut set = Set::default();
    for layer in layers {
        let below = std::mem::replace(&mut set, Set::read(layer, &mut bad));
        set.over(below);
    }
    let regions = regions(&set.packs, &mut bad);
    if !bad.is_empty() {
        return Err(BadRules { found: bad });
    }
    Ok(RulePacks {
        regions,
        calendar: Calendar::new(set.years),
        agreements: Agreements::new(set.agreements),
        prices: set.prices.unwrap_or_default(),
    })
}

type Regions = BTreeMap<String, Vec<(Instant, RulePack)>>;

/// Puts every file on top of the one it names as its parent.
fn regions(packs: &BTreeMap<String, PackFile>, bad: &mut Vec<BadData>) -> Regions {
    let mut regions = Regions::new();
    for (region, pack) in packs {
        match chain(pack, packs) {
            Ok(chain) => match load::packs(region, &chain) {
                Ok(editions) => {
                    regions.insert(region.clone(), editions);
                }
                // What a parent leaves out is told once, at the parent.
                Err(_)
                    if pack
                        .parent
                        .as_ref()
                        .is_some_and(|(name, _)| !regions.contains_key(name)) => {}
                Err((line, reason)) => bad.push(at(&pack.file, line, reason)),
            },
            Err(found) => {
                if !bad.contains(&found) {
                    bad.push(found);
                }
            }
        }
    }
    regions
}

/// The editions of a file and of everything above it, farthest first. A parent's region is a shorter
/// name than its child's, so no chain runs in a circle.
fn chain(pack: &PackFile, packs: &BTreeMap<String, PackFile>) -> Result<Vec<Vec<Checked>>, BadData> {
    let mut chain = vec![pack.editions.clone()];
    let mut current = pack;
    while let Some((name, line)) = &current.parent {
        current = packs
            .get(name)
            .ok_or_else(|| at(&current.file, *line, format!("parent {name} is not loaded")))?;
        chain.push(current.editions.clone());
    }
    chain.reverse();
    Ok(chain)
}

/// What a set of files says, for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    pub packs: Vec<Listed>,
    /// Year, file, whether it is provisional, source.
    pub years: Vec<(i32, String, bool, String)>,
    pub agreements: Vec<Agreement>,
}

/// One pack file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub file: String,
    pub region: String,
    pub parent: Option<String>,
    pub editions: Vec<ListedEdition>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedEdition {
    pub in_force: Instant,
    pub until: Option<Instant>,
    pub values: Vec<ListedValue>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedValue {
    pub name: String,
    pub value: String,
    pub source: String,
}

/// Lists what these files say, before anything is put on top of anything.
///
/// # Errors
/// As [`RulePacks::parse`], for what is wrong within one file.
pub fn list(files: &[(&str, &str)]) -> Result<Listing, BadRules> {
    let mut bad = Vec::new();
    let set = Set::read(files, &mut bad);
    if !bad.is_empty() {
        return Err(BadRules { found: bad });
    }
    let years = set.years.into_values();
    Ok(Listing {
        packs: set.packs.into_values().map(listed).collect(),
        years: years
            .map(|year| (year.year, year.file, year.provisional, year.source))
            .collect(),
        agreements: set.agreements,
    })
}

fn listed(pack: PackFile) -> Listed {
    let edition = |edition: Checked| ListedEdition {
        in_force: edition.from,
        until: edition.until,
        values: edition
            .values
            .into_iter()
            .map(|(name, (value, source))| ListedValue {
                value: written(&name, value),
                name,
                source,
            })
            .collect(),
    };
    Listed {
        file: pack.file,
        region: pack.region,
        parent: pack.parent.map(|(name, _)| name),
        editions: pack.editions.into_iter().map(edition).collect(),
    }
}

/// A value as its file writes it.
fn written(name: &str, value: i64) -> String {
    if SWITCHES.contains(&name) {
        return (value == 1).to_string();
    }
    let choice = CHOICES.iter().find(|(known, _)| *known == name);
    let place = usize::try_from(value).unwrap_or_default();
    match choice.and_then(|(_, names)| names.get(place)) {
        Some(text) => (*text).to_owned(),
        None => value.to_string(),
    }
}
