//! The default that the national lists name: full liability for the one side that has a listed
//! situation, equal when both have one. A proposal, never a decision.

use super::Liability;
use crate::catalogue::Catalogue;

/// Proposes a liability per party from the catalogue codes recorded for each. `None` when nothing
/// is recorded, or a code is unknown: then there is nothing to go by.
pub fn propose(catalogue: &Catalogue, violations: &[Vec<String>]) -> Option<Vec<Liability>> {
    // The own default of each party: how its gravest recorded situation weighs on itself.
    let mut own = Vec::with_capacity(violations.len());
    for codes in violations {
        let situations = codes
            .iter()
            .map(|code| catalogue.find(code))
            .collect::<Option<Vec<_>>>()?;
        own.push(
            situations
                .into_iter()
                .min_by_key(|situation| situation.default_liability.own),
        );
    }
    let sides: Vec<usize> = (0..own.len()).filter(|index| own[*index].is_some()).collect();
    let mut proposed = vec![Liability::None; violations.len()];
    match sides.as_slice() {
        [] => return None,
        [only] => {
            let pair = own[*only]?.default_liability;
            if pair.other.is_at_fault() && violations.len() != 2 {
                // Two sides can be weighed against each other; among several the officer must.
                return None;
            }
            proposed.fill(pair.other);
            proposed[*only] = pair.own;
        }
        // A situation that only ever weighs lightly (no tail light) against one that weighs fully.
        [a, b] if is_light(own[*a]?) != is_light(own[*b]?) => {
            let (light, heavy) = if is_light(own[*a]?) { (*a, *b) } else { (*b, *a) };
            proposed[heavy] = Liability::Primary;
            proposed[light] = Liability::Secondary;
        }
        several => several
            .iter()
            .for_each(|index| proposed[*index] = Liability::Equal),
    }
    Some(proposed)
}

fn is_light(situation: &crate::catalogue::Situation) -> bool {
    situation.default_liability.own == Liability::Secondary
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::built_in;
    use Liability::{Equal, Full, None as NoFault, Primary, Secondary};

    fn of(violations: &[&[&str]]) -> Option<Vec<Liability>> {
        let codes: Vec<Vec<String>> = violations
            .iter()
            .map(|codes| codes.iter().map(|c| (*c).to_owned()).collect())
            .collect();
        propose(built_in().unwrap(), &codes)
    }

    #[test]
    fn one_side_bears_all_and_both_sides_bear_equally() {
        assert_eq!(of(&[&["101"], &[]]), Some(vec![Full, NoFault]));
        assert_eq!(of(&[&[], &["302", "201"]]), Some(vec![NoFault, Full]));
        assert_eq!(of(&[&["101"], &["302"], &[]]), Some(vec![Equal, Equal, NoFault]));
    }

    #[test]
    fn the_car_in_front_without_light_bears_less() {
        assert_eq!(of(&[&["101"], &["502"]]), Some(vec![Primary, Secondary]));
    }

    #[test]
    fn nothing_recorded_or_unknown_proposes_nothing() {
        assert_eq!(of(&[&[], &[]]), None);
        assert_eq!(of(&[&["999"], &[]]), None);
    }
}
