//! By what each insurer may find a record: any plate, with and without its province; the numbers of the findings;
//! policies only where they are its own, as it sees no other.

use std::collections::BTreeSet;

use domain::accident::Accident;
use domain::identifiers::normalise;

use super::record::Record;
use crate::store::search::Term;

/// The terms of this record, normalised.
pub fn terms(accident: &Accident, record: &Record, insurers: &[String]) -> BTreeSet<Term> {
    let mut terms = BTreeSet::new();
    let void = accident.voided.iter().map(|void| void.finding.number.as_str());
    let mut everybodys: Vec<String> = void
        .chain([record.finding_number.as_str()])
        .map(normalise)
        .collect();
    for party in &record.parties {
        let plate = normalise(&party.plate);
        everybodys.extend(plate.char_indices().nth(1).map(|(at, _)| plate[at..].to_owned()));
        everybodys.push(plate);
        let policy = normalise(party.policy.as_deref().unwrap_or_default());
        terms.extend(party.insurers.iter().map(|own| (own.clone(), policy.clone())));
    }
    for insurer in insurers {
        terms.extend(everybodys.iter().map(|term| (insurer.clone(), term.clone())));
    }
    terms.retain(|(_, term)| !term.is_empty());
    terms
}
