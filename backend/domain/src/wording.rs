//! 交通事故事实及责任: the draft text of the finding, made from what was recorded.
//!
//! Time, party, plate, vehicle, road, from where to where, the place, which part met which, what was
//! damaged; then the finding per party with its articles. A draft only: the officer edits it, and
//! nothing here ever overwrites an edit.

mod facts;
mod findings;

use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogue, Situation};
use crate::codes::{CollisionForm, ContactPart, TransportMode};
use crate::liability::Liability;
use crate::time::Instant;

/// Everything the text is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FactsInput {
    pub occurred_at: Instant,
    /// 事故地点, as the finding's head says it.
    pub place: String,
    #[serde(default)]
    pub collision: Option<CollisionForm>,
    /// In the order 甲, 乙, 丙 …
    pub parties: Vec<FactsParty>,
}

/// One party as the text needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FactsParty {
    pub name: String,
    pub mode: TransportMode,
    #[serde(default)]
    pub plate: Option<String>,
    /// The road travelled on: 艮塔路.
    #[serde(default)]
    pub road: Option<String>,
    /// From and to as compass words: 西, 东.
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub to: Option<String>,
    /// Stood still: parked, waiting at a light.
    #[serde(default)]
    pub standing: bool,
    /// The part of the vehicle that met the other.
    #[serde(default)]
    pub contact: Option<ContactPart>,
    #[serde(default)]
    pub damaged: bool,
    #[serde(default)]
    pub slightly_injured: bool,
    /// Catalogue codes.
    #[serde(default)]
    pub violations: Vec<String>,
    pub liability: Liability,
}

/// The draft, facts apart from findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Wording {
    pub facts: String,
    /// One sentence per party, in party order; one for all when nothing can be determined.
    pub findings: Vec<String>,
}

impl Wording {
    /// As it stands under 交通事故事实及责任, a paragraph each.
    pub fn text(&self) -> String {
        format!("{}\n{}", self.facts, self.findings.concat())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordingError {
    #[error("there is no party")]
    NoParties,
    #[error("parties[{party}].violations: {code} is not in the catalogue")]
    UnknownSituation { party: usize, code: String },
}

/// A party beside the situations its codes name.
struct Told<'a> {
    party: &'a FactsParty,
    situations: Vec<&'a Situation>,
}

/// Drafts the text.
///
/// # Errors
/// Without parties, or with a violation that the catalogue does not know.
pub fn wording(input: &FactsInput, catalogue: &Catalogue) -> Result<Wording, WordingError> {
    if input.parties.is_empty() {
        return Err(WordingError::NoParties);
    }
    let mut told = Vec::with_capacity(input.parties.len());
    for (index, party) in input.parties.iter().enumerate() {
        let find = |code: &String| {
            let unknown = || WordingError::UnknownSituation {
                party: index,
                code: code.clone(),
            };
            catalogue.find(code).ok_or_else(unknown)
        };
        let situations = party.violations.iter().map(find).collect::<Result<_, _>>()?;
        told.push(Told { party, situations });
    }
    Ok(Wording {
        facts: facts::facts(input, &told),
        findings: findings::findings(&told),
    })
}

/// The clauses of what a party did, 且 before the last.
fn acts(told: &Told<'_>) -> String {
    let clauses: Vec<&str> = told.situations.iter().map(|s| s.fact_text.as_str()).collect();
    match clauses.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{}，且{last}", before.join("，")),
        _ => clauses.concat(),
    }
}
