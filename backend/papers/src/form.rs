//! What every paper has in common: unit, title and number on top, then what the form itself asks for, then the
//! marks around each page.
//!
//! One file beneath for each form, with the fields it has and the order in which they stand on the page. None
//! of them decides what is written: the texts come from the caller.

mod agreement;
mod assessment;
mod blocks;
mod finding;
mod mediation;
mod review;
mod settlement;
mod transfer;
mod void;

use serde::{Deserialize, Serialize};

use crate::document::{FindingDocument, Officer, PartySignature, State};
use crate::draw::Page;
use crate::flow::{BODY, Flow, TITLE, UNIT};
use crate::fonts::Fonts;
use crate::seal::Seal;
use crate::{RenderError, marks};

pub use agreement::{
    Agreement, AgreementParty, COLLISIONS, DAMAGED_PARTS, LIABILITIES, SITUATIONS, Tick, ticks,
};
pub use assessment::{AssessedItem, AssessmentSheet, AssessmentTotals};
pub use mediation::{MediationRecord, Participant, Statement};
pub use review::{ReviewApplication, ReviewNotice, ReviewNoticeKind};
pub use settlement::{Loss, PaidBy, SettlementNotice};
pub use transfer::{Collected, TransferSheet};
pub use void::{Replacement, VoidNotice};

/// What stands on top of a paper, around its pages and in the file's metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The issuing unit's two lines; an empty one is left out, as on what parties write themselves.
    pub unit: [String; 2],
    /// Without one, the paper has no line for it.
    pub number: Option<String>,
    /// Counts from 1; a re-issue after an edit is one higher.
    pub revision: u32,
    /// The address behind the QR code; not printed on a draft.
    pub verification_url: Option<String>,
    /// Digest (hex) of the content, printed small on every page.
    pub digest: String,
    /// RFC 3339 time with offset, written into the file's metadata.
    pub made_at: String,
}

/// Who answers for a paper: the last block on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Issuer {
    pub officer: Option<Officer>,
    pub seal: Option<Seal>,
    /// The day in words.
    pub date: String,
    /// How many copies there are and for whom (一式…份); empty when that needs no saying.
    pub copies: String,
}

/// Any paper of the house, to be kept or sent as one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "paper")]
pub enum Paper {
    /// 道路交通事故认定书（简易程序）
    Finding(Box<FindingDocument>),
    /// 道路交通事故自行协商协议书
    Agreement(Box<Agreement>),
    /// 机动车损失定损单
    Assessment(Box<AssessmentSheet>),
    /// 赔付结果告知书
    Settlement(Box<SettlementNotice>),
    /// 道路交通事故损害赔偿调解记录
    Mediation(Box<MediationRecord>),
    /// 道路交通事故移交单
    Transfer(Box<TransferSheet>),
    /// 道路交通事故认定复核申请书
    ReviewApplication(Box<ReviewApplication>),
    /// 道路交通事故认定复核受理、不予受理、终止通知书，复核结论
    ReviewNotice(Box<ReviewNotice>),
    /// 道路交通事故认定书作废通知
    Void(Box<VoidNotice>),
}

macro_rules! paper_from {
    ($($variant:ident($document:ty)),+ $(,)?) => {$(
        impl From<$document> for Paper {
            fn from(document: $document) -> Self {
                Self::$variant(Box::new(document))
            }
        }
    )+};
}

paper_from! {
    Finding(FindingDocument),
    Agreement(Agreement),
    Assessment(AssessmentSheet),
    Settlement(SettlementNotice),
    Mediation(MediationRecord),
    Transfer(TransferSheet),
    ReviewApplication(ReviewApplication),
    ReviewNotice(ReviewNotice),
    Void(VoidNotice),
}

/// What [`lay_out`] needs of a form.
#[derive(Debug, Clone, Copy)]
pub struct Marks<'d> {
    pub unit: &'d [String; 2],
    pub title: &'d str,
    pub number: Option<&'d str>,
    pub revision: u32,
    pub verification_url: Option<&'d str>,
    pub digest: &'d str,
    pub made_at: &'d str,
}

impl Head {
    fn marks<'d>(&'d self, title: &'d str) -> Marks<'d> {
        Marks {
            unit: &self.unit,
            title,
            number: self.number.as_deref(),
            revision: self.revision,
            verification_url: self.verification_url.as_deref(),
            digest: &self.digest,
            made_at: &self.made_at,
        }
    }
}

/// A paper with fields of its own. Closed: the forms are those of this crate.
pub trait Form {
    fn marks(&self) -> Marks<'_>;

    /// Everything between the number and the foot of the last page.
    ///
    /// # Errors
    /// Names the field that cannot be printed.
    fn fill(&self, flow: &mut Flow<'_>, state: State) -> Result<(), RenderError>;
}

impl Paper {
    fn form(&self) -> &dyn Form {
        match self {
            Self::Finding(paper) => paper.as_ref(),
            Self::Agreement(paper) => paper.as_ref(),
            Self::Assessment(paper) => paper.as_ref(),
            Self::Settlement(paper) => paper.as_ref(),
            Self::Mediation(paper) => paper.as_ref(),
            Self::Transfer(paper) => paper.as_ref(),
            Self::ReviewApplication(paper) => paper.as_ref(),
            Self::ReviewNotice(paper) => paper.as_ref(),
            Self::Void(paper) => paper.as_ref(),
        }
    }

    /// Head of any paper but the finding, which has its own.
    pub fn head_mut(&mut self) -> Option<&mut Head> {
        Some(match self {
            Self::Finding(_) => return None,
            Self::Agreement(paper) => &mut paper.head,
            Self::Assessment(paper) => &mut paper.head,
            Self::Settlement(paper) => &mut paper.head,
            Self::Mediation(paper) => &mut paper.head,
            Self::Transfer(paper) => &mut paper.head,
            Self::ReviewApplication(paper) => &mut paper.head,
            Self::ReviewNotice(paper) => &mut paper.head,
            Self::Void(paper) => &mut paper.head,
        })
    }

    /// The places of those who sign for themselves, in their order.
    pub fn signatures_mut(&mut self) -> &mut [PartySignature] {
        match self {
            Self::Finding(paper) => &mut paper.signatures,
            Self::Agreement(paper) => &mut paper.signatures,
            Self::Assessment(paper) => &mut paper.signatures,
            Self::Mediation(paper) => &mut paper.signatures,
            Self::ReviewApplication(paper) => std::slice::from_mut(&mut paper.signature),
            Self::Settlement(_) | Self::Transfer(_) | Self::ReviewNotice(_) | Self::Void(_) => &mut [],
        }
    }

    /// The name of the form, as it stands on top of it.
    #[must_use]
    pub fn title(&self) -> &str {
        self.form().marks().title
    }
}

impl Form for Paper {
    fn marks(&self) -> Marks<'_> {
        self.form().marks()
    }

    fn fill(&self, flow: &mut Flow<'_>, state: State) -> Result<(), RenderError> {
        self.form().fill(flow, state)
    }
}

/// Lays a paper out, marks included.
pub fn lay_out(form: &dyn Form, state: State, fonts: &Fonts) -> Result<Vec<Page>, RenderError> {
    let around = form.marks();
    let mut flow = Flow::new(fonts);
    marks::verification(&mut flow, &around, state)?;
    head(&mut flow, &around)?;
    form.fill(&mut flow, state)?;
    let mut pages = flow.finish();
    marks::every_page(&mut pages, &around, state, fonts)?;
    marks::unsealed(&mut pages, &around);
    Ok(pages)
}

fn head(flow: &mut Flow, marks: &Marks) -> Result<(), RenderError> {
    for (line, field) in marks.unit.iter().zip(["unit[0]", "unit[1]"]) {
        if !line.is_empty() {
            flow.centred(UNIT, line, field)?;
        }
    }
    flow.y += 2.0;
    flow.centred(TITLE, marks.title, "form")?;
    if let Some(number) = marks.number {
        flow.centred(BODY, &format!("第 {number} 号"), "number")?;
    }
    flow.y += 7.0;
    Ok(())
}
