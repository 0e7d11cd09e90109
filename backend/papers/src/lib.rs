//! From a frozen document to the bytes of its PDF: the finding (道路交通事故认定书（简易程序）) and the papers around it.
//!
//! Everything the page says arrives in a [`FindingDocument`] or another [`Paper`]; nothing is looked up, no clock
//! is read and nothing is drawn at random, so the same document gives the same bytes on every machine. The crate
//! knows no database, no http and no case: it neither decides what is written nor whether it may be issued, and
//! it does not sign. A character no font can draw is refused by name instead of printing as a box.

// The samples, read by the tests inside, speak of the crate by its name.
#[cfg(test)]
extern crate self as papers;

mod appearance;
mod document;
mod draw;
mod finish;
mod flow;
mod folder;
mod fonts;
mod form;
#[cfg(test)]
mod geometry;
mod grid;
mod icc;
mod ink;
mod issuer;
mod marks;
mod outline_font;
mod pdf;
mod places;
mod qr;
mod seal;
mod signatures;
mod svg;
mod svg_path;
mod table;
mod text;
mod typeface;

use form::Form;
use sha2::{Digest, Sha256};

pub use appearance::appearance;
pub use document::{
    FindingDocument, InjuryStatement, Mediation, Officer, Party, PartySignature, Performance, SignatureSlot,
    State,
};
pub use fonts::{BOLD_FONT, FontError, Fonts};
pub use form::{
    Agreement, AgreementParty, AssessedItem, AssessmentSheet, AssessmentTotals, COLLISIONS, Collected,
    DAMAGED_PARTS, Head, Issuer, LIABILITIES, Loss, MediationRecord, PaidBy, Paper, Participant, Replacement,
    ReviewApplication, ReviewNotice, ReviewNoticeKind, SITUATIONS, SettlementNotice, Statement, Tick,
    TransferSheet, VoidNotice, ticks,
};
pub use ink::{Ink, InkProblem, Point, ink_problem};
pub use places::Place;
pub use seal::{Seal, seal};

/// A finished document.
#[derive(Debug, Clone, PartialEq)]
pub struct Pdf {
    pub bytes: Vec<u8>,
    /// SHA-256 of `bytes`, lower-case hex.
    pub sha256: String,
    pub pages: u32,
    /// Where somebody will sign; only an issued document has any.
    pub places: Vec<Place>,
}

/// Why a document cannot be drawn. None of these carries more of a person than one character of a name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RenderError {
    #[error("no font has a shape for {character:?} (U+{code:04X}) in {field}", code = *character as u32)]
    MissingGlyph { character: char, field: String },
    #[error("{field} cannot be printed: {why}")]
    BadField { field: String, why: &'static str },
    #[error("the pdf writer failed: {0}")]
    Writer(String),
}

/// Draws the document.
///
/// `State::Draft` is marked 草稿 无效 and carries neither QR code nor seal; `State::Void` is marked 已作废 and
/// stays verifiable. Takes some 20 to 200 ms of processor time: call it off the async threads.
///
/// # Errors
/// [`RenderError::MissingGlyph`] names the character and the field; [`RenderError::BadField`] a time, address
/// or drawing that cannot be used.
pub fn render(document: &impl Form, state: State, fonts: &Fonts) -> Result<Pdf, RenderError> {
    let pages = form::lay_out(document, state, fonts)?;
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    let places = match state {
        State::Issued => places::on(&pages),
        State::Draft | State::Void => Vec::new(),
    };
    let bytes = finish::finish(pdf::write(&pages, draw::A4, fonts)?, &document.marks())?;
    let sha256 = hex(&Sha256::digest(&bytes));
    Ok(Pdf {
        bytes,
        sha256,
        pages: count,
        places,
    })
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
