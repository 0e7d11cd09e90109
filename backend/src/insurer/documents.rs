//! Which papers of a case an insurer may read: the finding in each state that is kept, void ones with their notice, what
//! the parties agreed, the result of mediation, the settlement of those it insures or pays, sheets of assessments.
//!
//! Never what is between the desk and others: transfers to the field, applications for review.

use domain::accident::Accident;
use domain::finding::Document;
use domain::id::{InsurerCode, Sha256Hex};
use domain::paper::{Paper, PaperKind};
use domain::time::Instant;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::assessment;

/// One paper as one insurer sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordDocument {
    /// Its number; an earlier state has the revision behind it.
    pub id: String,
    pub kind: RecordDocumentKind,
    pub state: RecordDocumentState,
    /// 认定书
    pub title: String,
    pub number: String,
    pub issued_at: Instant,
    /// Of the PDF's bytes.
    pub sha256: Sha256Hex,
    pub bytes: u64,
    pub pages: u32,
    /// Why and since when it is void.
    pub void: Option<RecordDocumentVoid>,
    pub url: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordDocumentKind {
    /// 道路交通事故认定书（简易程序）
    Finding,
    /// 自行协商协议书
    Agreement,
    /// 定损单
    Assessment,
    /// 赔付结果告知书
    Settlement,
    /// 调解记录
    Mediation,
    /// 认定书作废通知
    Void,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordDocumentState {
    Current,
    /// As it was issued, before anybody signed.
    Issued,
    /// A later one took its place.
    Replaced,
    Void,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordDocumentVoid {
    pub at: Instant,
    pub reason: String,
}

/// The papers that `insurer` may read of the accident behind this record: what counts now first.
///
/// `masked` takes out of the desk's words what they say of others.
pub fn of(
    accident: &Accident,
    insurer: InsurerCode,
    record: Uuid,
    masked: impl Fn(&str) -> String,
) -> Vec<RecordDocument> {
    let mut all = Vec::new();
    if let Some(finding) = accident.finding() {
        let states = (&finding.current, &finding.to_sign);
        push_finding(&mut all, (&finding.number, finding.issued_at), states, None);
    }
    let papers = accident.papers.iter();
    let mut papers: Vec<_> = papers
        .filter_map(|paper| Some((paper, shown(accident, insurer, paper)?)))
        .collect();
    // What counts first; among those the oldest first, as they were issued.
    papers.sort_by_key(|(paper, _)| paper.replaced);
    for (paper, kind) in papers {
        all.push(of_paper(paper, kind));
    }
    for void in accident.voided.iter().rev() {
        let finding = &void.finding;
        let note = RecordDocumentVoid {
            at: void.voided_at,
            reason: masked(&void.reason),
        };
        let states = (&finding.current, &finding.to_sign);
        push_finding(&mut all, (&finding.number, finding.issued_at), states, Some(note));
    }
    for document in &mut all {
        document.url = format!("/api/v1/settlements/{record}/documents/{}", document.id);
    }
    all
}

fn push_finding(
    all: &mut Vec<RecordDocument>,
    (number, issued_at): (&str, Instant),
    (current, issued): (&Document, &Document),
    void: Option<RecordDocumentVoid>,
) {
    let document = |id: String, state, title: &str, page: &Document| RecordDocument {
        id,
        kind: RecordDocumentKind::Finding,
        state,
        title: title.to_owned(),
        number: number.to_owned(),
        issued_at,
        sha256: page.sha256.clone(),
        bytes: page.bytes,
        pages: page.pages,
        void: void.clone(),
        url: String::new(),
    };
    let (state, title) = match void {
        Some(_) => (RecordDocumentState::Void, "认定书（已作废）"),
        None => (RecordDocumentState::Current, "认定书"),
    };
    all.push(document(number.to_owned(), state, title, current));
    if void.is_none() && current.sha256 != issued.sha256 {
        let id = format!("{number}-{}", issued.revision);
        all.push(document(
            id,
            RecordDocumentState::Issued,
            "认定书（签名前）",
            issued,
        ));
    }
}

fn of_paper(paper: &Paper, kind: RecordDocumentKind) -> RecordDocument {
    RecordDocument {
        id: paper.number.clone(),
        kind,
        state: if paper.replaced {
            RecordDocumentState::Replaced
        } else {
            RecordDocumentState::Current
        },
        title: paper.kind.label().to_owned(),
        number: paper.number.clone(),
        issued_at: paper.issued_at,
        sha256: paper.current.sha256.clone(),
        bytes: paper.current.bytes,
        pages: paper.current.pages,
        void: None,
        url: String::new(),
    }
}

/// As what this insurer may read the paper, if at all.
fn shown(accident: &Accident, insurer: InsurerCode, paper: &Paper) -> Option<RecordDocumentKind> {
    let may = |allowed: bool, kind| allowed.then_some(kind);
    match paper.kind {
        PaperKind::Agreement => Some(RecordDocumentKind::Agreement),
        PaperKind::Mediation => Some(RecordDocumentKind::Mediation),
        PaperKind::Void => Some(RecordDocumentKind::Void),
        PaperKind::Assessment => {
            let mut all = accident.assessments.iter();
            let own = all.find(|own| paper.subject.contains(&own.id.to_string()))?;
            let readers = assessment::insurers(accident, own);
            may(readers.contains(&insurer), RecordDocumentKind::Assessment)
        }
        PaperKind::Settlement => {
            let concerned = accident
                .parties
                .iter()
                .filter(|party| paper.readers.contains(&party.id))
                .any(|party| insures(party, insurer) || pays(accident, &party.label, insurer));
            may(concerned, RecordDocumentKind::Settlement)
        }
        PaperKind::Transfer | PaperKind::Review => None,
    }
}

/// Whether a policy of the insurer's covers this party.
pub fn insures(party: &domain::party::Party, insurer: InsurerCode) -> bool {
    party.insurers().any(|code| code == insurer.as_str())
}

fn pays(accident: &Accident, payee: &str, insurer: InsurerCode) -> bool {
    accident.settlement().is_some_and(|settlement| {
        settlement
            .plan
            .payments
            .iter()
            .any(|payment| payment.payee == payee && payment.insurer.as_deref() == Some(insurer.as_str()))
    })
}
