//! What is left of a case: read off its facts before they go, each kind of thing in one place.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Approval, DestroyedFile, Destruction, FindingRemains, Step};
use crate::accident::Accident;
use crate::clearing::claims_of;
use crate::fact::{Fact, Recorded};
use crate::finding::Finding;
use crate::id::Sha256Hex;
use crate::time::Instant;

/// The record of a case with these facts, the last of which has the digest `head`; none when they are no case
/// that has come to its end.
pub fn remains(
    accident: &Accident,
    facts: &[Recorded],
    head: Sha256Hex,
    approval: Approval,
) -> Option<Destruction> {
    Some(Destruction {
        unit: accident.unit.clone(),
        reported_at: accident.reported_at,
        closed_at: accident.ended_at()?,
        findings: findings(accident, facts),
        steps: facts.iter().map(step).collect::<Option<_>>()?,
        head,
        files: files(facts),
        claims: claims(accident, facts)?,
        approval,
    })
}

fn step(recorded: &Recorded) -> Option<Step> {
    let value = serde_json::to_value(&recorded.fact).ok()?;
    Some(Step {
        kind: value["kind"].as_str()?.to_owned(),
        at: recorded.at,
    })
}

/// Every file that the facts name, once each, in the order of its kind and digest.
fn files(facts: &[Recorded]) -> Vec<DestroyedFile> {
    let mut all = BTreeSet::new();
    for recorded in facts {
        if let Ok(value) = serde_json::to_value(&recorded.fact) {
            collect(&value, &mut all);
        }
    }
    all.into_iter().collect()
}

/// The files that one fact names; `body` is the JSON text of its body. Nothing that is no JSON names any.
///
/// Whatever in a fact has a `sha256` and a number of `bytes` is a file, and an `ink_sha256` is a drawn signature:
/// so a kind of fact that comes later is not forgotten here.
pub fn files_of(body: &str) -> Vec<DestroyedFile> {
    let mut all = BTreeSet::new();
    if let Ok(value) = serde_json::from_str(body) {
        collect(&value, &mut all);
    }
    all.into_iter().collect()
}

fn collect(value: &Value, into: &mut BTreeSet<DestroyedFile>) {
    match value {
        Value::Object(fields) => {
            let digest = |name: &str| {
                let text = fields.get(name).and_then(Value::as_str)?;
                Sha256Hex::new(text).ok()
            };
            let bytes = fields.get("bytes").and_then(Value::as_u64);
            if let (Some(sha256), Some(bytes)) = (digest("sha256"), bytes) {
                let kind = fields.get("kind").and_then(Value::as_str);
                into.insert(DestroyedFile {
                    what: kind.unwrap_or("document").to_owned(),
                    sha256,
                    bytes: Some(bytes),
                });
            }
            if let Some(sha256) = digest("ink_sha256") {
                into.insert(DestroyedFile {
                    what: "ink".to_owned(),
                    sha256,
                    bytes: None,
                });
            }
            fields.values().for_each(|field| collect(field, into));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn findings(accident: &Accident, facts: &[Recorded]) -> Vec<FindingRemains> {
    let voided = accident
        .voided
        .iter()
        .map(|void| (&void.finding, Some(void.voided_at)));
    let standing = accident.finding().map(|finding| (finding, None));
    voided
        .chain(standing)
        .map(|(finding, voided_at)| finding_remains(finding, voided_at, facts))
        .collect()
}

fn finding_remains(finding: &Finding, voided_at: Option<Instant>, facts: &[Recorded]) -> FindingRemains {
    let mut ours = false;
    let mut documents: Vec<Sha256Hex> = Vec::new();
    for recorded in facts {
        let document = match &recorded.fact {
            Fact::FindingIssued { finding: issued } => {
                ours = issued.number == finding.number;
                Some(&issued.to_sign)
            }
            fact => fact.page(),
        };
        if let Some(document) = document.filter(|_| ours)
            && !documents.contains(&document.sha256)
        {
            documents.push(document.sha256.clone());
        }
    }
    FindingRemains {
        number: finding.number.clone(),
        issued_at: finding.issued_at,
        served_at: finding.served_at(),
        voided_at,
        content_sha256: finding.content_sha256.clone(),
        documents,
    }
}

fn claims(accident: &Accident, facts: &[Recorded]) -> Option<Vec<crate::clearing::Claim>> {
    let (first, rest) = facts.split_first()?;
    let mut replayed = Accident::reported(accident.id, first)?;
    let mut claims = Vec::new();
    for recorded in rest {
        claims.extend(claims_of(&replayed, recorded));
        replayed.apply(recorded);
    }
    claims.sort_unstable();
    Some(claims)
}
