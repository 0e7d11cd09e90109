//! 道路交通事故认定书作废通知: the old number, why it is void, and where the new one is.

use serde::{Deserialize, Serialize};

use super::blocks::{self, across};
use super::{Form, Head, Issuer, Marks};
use crate::RenderError;
use crate::document::State;
use crate::flow::{Flow, LETTER, PAD};
use crate::table;

const TITLE: &str = "道路交通事故认定书作废通知";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoidNotice {
    pub head: Head,
    /// Everybody it is for, e.g. 张伟、李娜.
    pub addressee: String,
    pub old_number: String,
    pub old_date: String,
    pub occurred_at: String,
    pub place: String,
    pub voided_at: String,
    pub reason: String,
    /// What takes its place; `None` is struck out.
    pub replacement: Option<Replacement>,
    /// What follows for whoever holds a copy. Paragraphs are separated by line feeds.
    pub consequences: String,
    pub issuer: Issuer,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    pub number: String,
    /// Where it can be checked.
    pub url: String,
}

impl Form for VoidNotice {
    fn marks(&self) -> Marks<'_> {
        self.head.marks(TITLE)
    }

    fn fill(&self, flow: &mut Flow<'_>, state: State) -> Result<(), RenderError> {
        blocks::addressee(flow, &self.addressee, "addressee")?;
        let opening = format!(
            "本单位于{}作出的第{}号道路交通事故认定书（简易程序）已于{}作废，自作废之时起不再具有效力。原编号保留备查，不再使用。",
            self.old_date, self.old_number, self.voided_at
        );
        flow.paragraphs(LETTER, &opening, "opening")?;
        flow.y += PAD;
        let new_number = self.replacement.as_ref().map(|new| new.number.clone());
        let new_url = self.replacement.as_ref().map(|new| new.url.clone());
        flow.open_frame();
        let rows = [
            vec![across("原编号", self.old_number.as_str(), "old_number")],
            vec![across("事故时间", self.occurred_at.as_str(), "occurred_at")],
            vec![across("事故地点", self.place.as_str(), "place")],
            vec![across("作废时间", self.voided_at.as_str(), "voided_at")],
            vec![across("新编号", &new_number, "replacement.number")],
            vec![across("新件核验\n地址", &new_url, "replacement.url")],
        ];
        table::rows(flow, &rows)?;
        flow.close_frame();
        blocks::heading(flow, "作废原因")?;
        flow.paragraphs(LETTER, &self.reason, "reason")?;
        blocks::heading(flow, "告知事项")?;
        flow.paragraphs(LETTER, &self.consequences, "consequences")?;
        flow.y += 2.0 * PAD;
        blocks::issuer(flow, &self.head, &self.issuer, state)
    }
}
