//! Nobody sees or guesses what is not theirs: every operation of the API is asked by everybody who has no business
//! with it, with the ids of a real case. The operations come from the API's own description, so a new one without a
//! place in the table below fails the test.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

#[path = "authorisation/callers.rs"]
mod callers;
#[path = "authorisation/table.rs"]
mod table;

use std::collections::BTreeSet;
use std::time::Duration;

use callers::{Callers, Case, asked};
use table::{Caller, READS, Rule, TABLE};
use tests::contract::operations;
use tests::world::World;

/// What this caller may be answered.
fn fits(rule: Rule, caller: Caller, status: u16, leaks: bool) -> bool {
    use Caller::*;
    let refused = matches!(status, 401 | 403 | 404);
    let harmless = status < 500 && status != 401 && !leaks;
    match (rule, caller) {
        (Rule::Public, _) => status < 500 && !matches!(status, 401 | 403),
        (Rule::Proof, _) => status < 500,
        // Nobody's business but that of those in the case.
        (Rule::Case, _) => refused,
        (Rule::Desk, OtherOfficer) | (Rule::Phone, OtherDriver) => harmless,
        (Rule::Desk | Rule::Phone, _) => refused,
        (Rule::Plans, OtherProgram | OtherClerk | NarrowProgram | Viewer | OtherOfficer) => harmless,
        (Rule::Plans, _) => status == 401,
        (Rule::Clerk, OtherClerk | Viewer) => harmless,
        (Rule::Clerk, _) => status == 401,
        (
            Rule::List(_) | Rule::Record(_) | Rule::People(_) | Rule::Colleague(_),
            Nobody | ExpiredProgram | OtherDriver | OtherOfficer,
        ) => status == 401,
        (Rule::Sandbox, Nobody | ExpiredProgram | OtherDriver | OtherOfficer) => refused,
        (Rule::Sandbox, _) => matches!(status, 403 | 404 | 422),
        // A scope that is missing is missed before anything is looked for.
        (_, NarrowProgram) => status == 403,
        (Rule::People(_) | Rule::Colleague(_), OtherProgram | Viewer) => status == 403,
        (Rule::List(scope) | Rule::Record(scope), Viewer) => READS.contains(&scope) || status == 403,
        (Rule::List(_) | Rule::People(_), _) => harmless,
        (Rule::Record(_) | Rule::Colleague(_), _) => status == 404,
    }
}

#[test]
fn every_operation_has_its_place_in_the_table() {
    let told: BTreeSet<String> = operations().iter().map(|operation| operation.row()).collect();
    let rows: Vec<String> = TABLE
        .iter()
        .flat_map(|(_, rows)| rows.iter().map(|row| (*row).to_owned()))
        .collect();
    let placed: BTreeSet<String> = rows.iter().cloned().collect();
    assert_eq!(rows.len(), placed.len(), "an operation has one place");
    let missing: Vec<_> = told.difference(&placed).collect();
    assert!(missing.is_empty(), "no place: {missing:#?}");
    let gone: Vec<_> = placed.difference(&told).collect();
    assert!(gone.is_empty(), "no such operation: {gone:#?}");
}

/// On one database: what is asked here is decided above the store.
#[tokio::test]
async fn whoever_has_no_business_with_a_case_is_told_nothing_of_it() {
    let world = World::on_sqlite().await;
    let case = Case::settled(&world).await;
    let callers = Callers::new(&world).await;
    let mut wrong = Vec::new();
    let mut count = 0;
    for late in [false, true] {
        if late {
            // Tokens live ten minutes, sessions fifteen of idleness.
            world.time_passes(Duration::from_secs(11 * 60));
        }
        for operation in operations() {
            let row = operation.row();
            let place = TABLE.iter().find(|(_, rows)| rows.contains(&row.as_str()));
            let Some((rule, _)) = place else { continue };
            for caller in Caller::ALL
                .into_iter()
                .filter(|caller| (*caller == Caller::ExpiredProgram) == late)
            {
                let Some(client) = callers.of(caller, *rule) else {
                    continue;
                };
                let (status, leaks) = asked(client, &operation, &case).await;
                count += 1;
                if !fits(*rule, caller, status, leaks) {
                    let told = if leaks { ", and tells of the case" } else { "" };
                    wrong.push(format!("{row}: {caller:?} is answered {status}{told}"));
                }
            }
        }
    }
    world.ends().await;
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n  {}",
        wrong.len(),
        wrong.join("\n  ")
    );
    assert!(count > 700, "{count} questions were asked");
}

/// The questions above are worth something only if the right one is answered.
#[tokio::test]
async fn whoever_has_business_with_it_is_answered() {
    let world = World::on_sqlite().await;
    let case = Case::settled(&world).await;
    for (client, paths) in case.own(&world).await {
        for path in paths {
            let told = client.get(&path).await;
            assert_eq!(told.status, 200, "{told}");
        }
    }
    world.ends().await;
}
