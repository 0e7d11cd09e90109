//! Which files a fact speaks of: the one list that both the writer and the checker go by.
//!
//! A file is wanted when a fact names its digest. What lies in the store and is named by no fact is not evidence.
//! Recordings that were destroyed by law when their term was over are wanted no more; the facts say so.

use std::collections::BTreeSet;

use domain::accident::Accident;
use domain::assessment::Answer;
use domain::evidence::{Evidence, EvidenceKind, Shot};
use domain::fact::{Fact, Recorded};
use domain::finding::Document;
use domain::id::{PartyId, Sha256Hex};
use domain::signing::{Ink, Signature};
use serde_json::Value;

use crate::archive::is_plain;

/// A file that must be in the evidence file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The fact that named it first.
    pub fact: u64,
    /// As the fact says.
    pub sha256: Sha256Hex,
    /// Where it lies in the evidence file.
    pub path: String,
    /// What it is, in Chinese.
    pub what: String,
    pub content: Content,
}

/// Where its bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Kept under the digest.
    Kept,
    /// In the fact itself: strokes, as JSON.
    Here(Vec<u8>),
}

/// Every wanted file, in the order of the facts; each digest once, each under a path of its own.
pub fn wanted(accident: &Accident, facts: &[Recorded]) -> Vec<Wanted> {
    let gone = destroyed(accident, facts);
    let (mut digests, mut paths) = (BTreeSet::new(), BTreeSet::new());
    let mut all: Vec<Wanted> = Vec::new();
    for recorded in facts {
        for mut one in of_fact(accident, recorded) {
            if gone.contains(&one.sha256) || !digests.insert(one.sha256.clone()) {
                continue;
            }
            if !paths.insert(one.path.clone()) {
                let (stem, extension) = one.path.rsplit_once('.').unwrap_or((&one.path, "bin"));
                one.path = format!("{stem}-{}.{extension}", &one.sha256.as_str()[..12]);
                paths.insert(one.path.clone());
            }
            all.push(one);
        }
    }
    all
}

fn destroyed(accident: &Accident, facts: &[Recorded]) -> BTreeSet<Sha256Hex> {
    let recordings = facts.iter().filter_map(|recorded| match &recorded.fact {
        Fact::VideoDestroyed { recordings, .. } => Some(recordings),
        _ => None,
    });
    let ids: BTreeSet<_> = recordings.flatten().collect();
    let gone = accident
        .evidence
        .iter()
        .filter(|evidence| ids.contains(&evidence.id));
    gone.map(|evidence| evidence.sha256.clone()).collect()
}

fn of_fact(accident: &Accident, recorded: &Recorded) -> Vec<Wanted> {
    let who = Who {
        accident,
        seq: recorded.seq,
    };
    let mut all = Vec::new();
    match &recorded.fact {
        Fact::EvidenceTaken { evidence } => all.push(who.evidence(evidence)),
        Fact::FindingIssued { finding } => {
            all.push(who.page(&finding.to_sign, "道路交通事故认定书"));
            all.push(who.page(&finding.current, "道路交通事故认定书"));
            all.extend(who.strokes(None, &finding.officer_ink, "民警签名的笔迹数据"));
        }
        Fact::Signed { party, signature, .. } => all.extend(who.signature(*party, signature, "认定书")),
        Fact::MediationSigned { party, signature, .. } => {
            all.extend(who.signature(*party, signature, "调解结果"));
        }
        Fact::AssessmentAnswered {
            answer: Answer::Accepted { ink: Some(signed) },
            ..
        } => all.extend(who.strokes(None, &signed.ink, "在定损单上签名的笔迹数据")),
        _ => {}
    }
    if let Some(page) = recorded.fact.page() {
        all.push(who.page(page, "道路交通事故认定书"));
    }
    if let Ok(fact) = serde_json::to_value(&recorded.fact) {
        who.others(&fact, &mut all);
    }
    all
}

struct Who<'a> {
    accident: &'a Accident,
    seq: u64,
}

impl Who<'_> {
    fn one(&self, sha256: &Sha256Hex, path: String, what: String) -> Wanted {
        Wanted {
            fact: self.seq,
            sha256: sha256.clone(),
            path,
            what,
            content: Content::Kept,
        }
    }

    fn page(&self, page: &Document, what: &str) -> Wanted {
        let path = format!("documents/{:04}-finding-r{}.pdf", self.seq, page.revision);
        let what = format!("{what}，第{}版", page.revision);
        self.one(&page.sha256, path, what)
    }

    /// Whatever in a fact has a `sha256` and a number of `bytes` is a file, so that a kind of fact that comes later is
    /// not forgotten; an `evidence_sha256` names what a signature's certificate vouches for.
    fn others(&self, value: &Value, all: &mut Vec<Wanted>) {
        match value {
            Value::Object(fields) => {
                let text = |name: &str| fields.get(name).and_then(Value::as_str);
                let digest = |name: &str| text(name).and_then(|text| Sha256Hex::new(text).ok());
                let known = |all: &[Wanted], sha256: &Sha256Hex| all.iter().any(|one| one.sha256 == *sha256);
                if let Some(sha256) = digest("sha256").filter(|_| fields.contains_key("bytes"))
                    && !known(all, &sha256)
                {
                    let extension = extension(text("media_type").unwrap_or("application/pdf"));
                    let path = format!("documents/{:04}.{extension}", self.seq);
                    all.push(self.one(&sha256, path, "文书".to_owned()));
                }
                if let Some(sha256) = digest("evidence_sha256") {
                    let field = text("field")
                        .filter(|field| is_plain(field))
                        .unwrap_or("signature");
                    let path = format!("statements/{:04}-{field}.json", self.seq);
                    let what = "签名当时的情况（其摘要写在签名证书里）".to_owned();
                    all.push(self.one(&sha256, path, what));
                }
                fields.values().for_each(|field| self.others(field, all));
            }
            Value::Array(items) => items.iter().for_each(|item| self.others(item, all)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn evidence(&self, evidence: &Evidence) -> Wanted {
        let (folder, kind) = match evidence.kind {
            EvidenceKind::Photo => ("photos", "照片"),
            EvidenceKind::Still => ("photos", "民警请求拍摄的照片"),
            EvidenceKind::Recording => ("recordings", "录音录像"),
        };
        let (word, shows) = shot(evidence.shot);
        let small = if evidence.preview_of.is_some() {
            "，先行上传的小图"
        } else {
            ""
        };
        let (of, whose) = match evidence.party {
            Some(party) => self.party(party),
            None => ("desk".to_owned(), "民警端".to_owned()),
        };
        let extension = extension(&evidence.media_type);
        let path = format!("{folder}/{:04}-{of}{word}.{extension}", self.seq);
        self.one(&evidence.sha256, path, format!("{kind}{shows}，{whose}{small}"))
    }

    fn signature(&self, party: PartyId, signature: &Signature, under: &str) -> Option<Wanted> {
        let (of, whose) = self.party(party);
        let what = format!("{whose}在{under}上签名的笔迹数据");
        self.strokes(Some(&of), &signature.ink, &what)
    }

    /// The ink as JSON. Its digest is that of what the fact has: coordinates cut to a hundredth of a pixel.
    fn strokes(&self, of: Option<&str>, ink: &Ink, what: &str) -> Option<Wanted> {
        let json = serde_json::to_vec(ink).ok()?;
        let of = of.map(|of| format!("-{of}")).unwrap_or_default();
        let path = format!("strokes/{:04}{of}.json", self.seq);
        Some(Wanted {
            content: Content::Here(json.clone()),
            ..self.one(&Sha256Hex::of(&json), path, what.to_owned())
        })
    }

    fn party(&self, party: PartyId) -> (String, String) {
        let parties = &self.accident.parties;
        match parties.iter().position(|known| known.id == party) {
            Some(at) => (format!("party-{}", at + 1), format!("{}方", parties[at].label)),
            None => ("party".to_owned(), "当事人".to_owned()),
        }
    }
}

fn shot(shot: Option<Shot>) -> (&'static str, &'static str) {
    match shot {
        Some(Shot::Overview) => ("-overview", "（现场全景）"),
        Some(Shot::Impact) => ("-impact", "（碰撞部位）"),
        Some(Shot::Plate) => ("-plate", "（车牌）"),
        Some(Shot::Damage) => ("-damage", "（车损）"),
        Some(Shot::Licence) => ("-licence", "（证件）"),
        Some(Shot::Other) => ("-other", "（其他）"),
        None => ("", ""),
    }
}

fn extension(media_type: &str) -> &'static str {
    match media_type.split(';').next().unwrap_or_default().trim() {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "image/heic" => "heic",
        "video/webm" | "audio/webm" => "webm",
        "video/mp4" => "mp4",
        "application/pdf" => "pdf",
        _ => "bin",
    }
}
