//! The document for whoever edits the rules names every value, switch, choice, rule, term and file there is.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::deadlines::Term;
use domain::rule_pack::{FILES, IllegalParking, InjuryDivision, NoMotorAtFault, list};
use domain::settlement::Rule;

const DOCUMENT: &str = include_str!("../../../docs/rules.md");

#[test]
fn every_name_a_person_may_meet_is_explained() {
    let listing = list(FILES).unwrap();
    let mut names: Vec<String> = FILES
        .iter()
        .map(|(file, _)| file.trim_start_matches("rules/").to_owned())
        .collect();
    for pack in &listing.packs {
        names.push(pack.region.clone());
        let values = pack.editions.iter().flat_map(|edition| &edition.values);
        names.extend(values.map(|value| format!("`{}`", value.name)));
    }
    for agreement in &listing.agreements {
        names.push(agreement.id.clone());
        names.extend(agreement.sources.keys().map(|name| format!("`{name}`")));
    }
    for choices in [
        InjuryDivision::NAMES,
        NoMotorAtFault::NAMES,
        IllegalParking::NAMES,
    ] {
        names.extend(choices.iter().map(|name| format!("`{name}`")));
    }
    let rule = |rule: &Rule| serde_json::to_value(rule).unwrap().as_str().unwrap().to_owned();
    names.extend(Rule::ALL.iter().map(|one| format!("`{}`", rule(one))));
    names.extend(Rule::ALL.iter().map(|one| one.source().to_owned()));
    names.extend(Term::ALL.iter().map(|term| format!("`{}`", term.code())));
    let missing: Vec<&String> = names.iter().filter(|name| !DOCUMENT.contains(*name)).collect();
    assert!(missing.is_empty(), "docs/rules.md does not explain {missing:#?}");
}

#[test]
fn every_value_of_the_nation_stands_there_with_the_number_and_source_in_force() {
    let listing = list(FILES).unwrap();
    let nation = listing.packs.iter().find(|pack| pack.region == "cn").unwrap();
    for value in &nation.editions.last().unwrap().values {
        let row = DOCUMENT
            .lines()
            .find(|line| line.starts_with(&format!("| `{}` |", value.name)));
        let row = row.unwrap_or_else(|| panic!("no row of {}", value.name));
        assert!(
            row.contains(&format!("| {} |", value.value)),
            "{row}\nwanted {}",
            value.value
        );
        assert!(row.contains(&value.source), "{row}\nwanted {}", value.source);
    }
}
