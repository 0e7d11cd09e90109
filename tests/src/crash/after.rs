//! What must hold after the last kill: every number once, every page verifies, every confirmed signature is there,
//! nobody signed twice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use backend::blobs::Blobs;
use backend::store::{Db, facts, findings};
use domain::accident::Accident;
use domain::fact::{Fact, Link, Recorded, open_chain};
use domain::id::{AccidentId, Sha256Hex};
use pades::verify::{Anchors, verify};

use super::desk::Confirmed;

/// What was found when everything had been looked at.
#[derive(Debug, Default)]
pub struct Found {
    pub kills: u32,
    pub findings: usize,
    pub pages: usize,
    /// Confirmed to a phone before, and there.
    pub signatures: usize,
    pub refusals: usize,
}

/// # Panics
/// When something does not hold; the sentence says what.
pub async fn look(
    data: &Path,
    authority: &[u8],
    accidents: &[String],
    confirmed: &[Confirmed],
    kills: u32,
) -> Found {
    let db = Db::connect(&kuaichu::system::database_in(data))
        .await
        .expect("the file can be opened");
    let blobs = Blobs::open(data.join("evidence")).expect("the folder is there");
    let authority = std::str::from_utf8(authority).expect("PEM is text");
    let anchors = Anchors::from_pem(authority).expect("the authority's certificate");
    let audit = backend::app::audit::audit(&db).await.expect("an audit");
    assert!(audit.is_whole(), "{:?}", audit.findings);
    let mut found = Found {
        kills,
        ..Found::default()
    };
    let (mut numbers, mut signed) = (BTreeSet::new(), BTreeMap::<Confirmed, usize>::new());
    for accident in accidents {
        let id: AccidentId = accident.parse().expect("an id");
        let mut tx = db.read().await.expect("a transaction");
        for row in findings::list(&mut tx, id).await.expect("findings") {
            assert!(
                numbers.insert(row.number.clone()),
                "{} is there twice",
                row.number
            );
            assert!(row.state == "void" || row.state == "issued", "{}", row.state);
        }
        let links: Vec<Link> = facts::list(&mut tx, id)
            .await
            .expect("facts")
            .into_iter()
            .map(backend::app::open::link_of)
            .collect();
        drop(tx);
        let recorded = open_chain(id, &links).expect("the chain holds");
        one_case((&blobs, &anchors), accident, &recorded, (&mut found, &mut signed)).await;
        let replayed = Accident::replay(id, &recorded).expect("it begins with a report");
        assert_eq!(
            replayed.voided.len() + usize::from(replayed.finding().is_some()),
            recorded
                .iter()
                .filter(|r| matches!(r.fact, Fact::FindingIssued { .. }))
                .count()
        );
    }
    without_gaps(&numbers);
    for who in confirmed {
        assert_eq!(signed.get(who), Some(&1), "{who:?} was confirmed");
    }
    assert!(signed.values().all(|times| *times == 1), "nobody signs twice");
    found.findings = numbers.len();
    found.signatures = confirmed.len();
    db.close().await;
    found
}

/// Every page of a case, and who signed which finding.
async fn one_case(
    (blobs, anchors): (&Blobs, &Anchors),
    accident: &str,
    recorded: &[Recorded],
    (found, signed): (&mut Found, &mut BTreeMap<Confirmed, usize>),
) {
    let mut number = String::new();
    for recorded in recorded {
        let page = match &recorded.fact {
            Fact::FindingIssued { finding } => {
                number.clone_from(&finding.number);
                Some(&finding.to_sign)
            }
            fact => fact.page(),
        };
        match &recorded.fact {
            Fact::Signed { party, .. } => {
                let who = (accident.to_owned(), number.clone(), party.to_string());
                *signed.entry(who).or_default() += 1;
            }
            Fact::SignatureRefused { .. } => found.refusals += 1,
            _ => {}
        }
        if let Some(page) = page {
            holds(blobs, anchors, &page.sha256, recorded.at).await;
            found.pages += 1;
        }
    }
}

async fn holds(blobs: &Blobs, anchors: &Anchors, page: &Sha256Hex, at: domain::time::Instant) {
    let bytes = blobs
        .get(page)
        .await
        .expect("the disk")
        .expect("the page is kept");
    let later = at.plus(time::Duration::hours(1)).into_inner();
    let anchors = anchors.clone();
    let judging = tokio::task::spawn_blocking(move || verify(&bytes, &anchors, later));
    let report = judging.await.expect("a judgement");
    assert!(report.is_valid(), "{page}: {:#?}", report.lines());
}

/// Numbers end in a count of six digits that begins with 1.
fn without_gaps(numbers: &BTreeSet<String>) {
    let counts: Vec<usize> = numbers
        .iter()
        .filter_map(|number| number.get(number.len().checked_sub(6)?..)?.parse().ok())
        .collect();
    let wanted: Vec<usize> = (1..=numbers.len()).collect();
    assert_eq!(counts, wanted, "every number is used once, none is lost");
}
