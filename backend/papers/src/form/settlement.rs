//! 赔付结果告知书: tells one party what they lost, who pays it and by which rule, and what they bear themselves.

use serde::{Deserialize, Serialize};

use super::blocks;
use super::{Form, Head, Issuer, Marks};
use crate::RenderError;
use crate::document::State;
use crate::flow::{Flow, LETTER, PAD};
use crate::grid::{Align, Column, Grid, column};

const TITLE: &str = "赔付结果告知书";
const LOSSES: [Column; 3] = [
    column("损失项目", 70.0, Align::Left),
    column("说明", 66.0, Align::Left),
    column("金额（元）", 34.0, Align::Right),
];
const PAYMENTS: [Column; 5] = [
    column("付款方", 34.0, Align::Left),
    column("收款方", 26.0, Align::Left),
    column("赔付项目", 30.0, Align::Left),
    column("金额（元）", 26.0, Align::Right),
    column("依据", 54.0, Align::Left),
];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettlementNotice {
    pub head: Head,
    /// Whom it is for, e.g. 甲方张伟.
    pub addressee: String,
    /// Which accident and which finding. Paragraphs are separated by line feeds.
    pub opening: String,
    pub losses: Vec<Loss>,
    /// Every payment that concerns the addressee, to them and for them.
    pub payments: Vec<PaidBy>,
    /// What the addressee gets in all, and what they bear themselves, with the reason.
    pub bears: String,
    /// When the money comes and what to do when it does not.
    pub what_next: String,
    /// Whom to ask.
    pub contact: String,
    pub issuer: Issuer,
}

/// Amounts are in words of the form 1,234.00.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    pub what: String,
    pub note: String,
    pub amount: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidBy {
    pub payer: String,
    pub payee: String,
    /// 交强险财产损失, 商业三者险 …
    pub what: String,
    pub amount: String,
    /// The rule by which just this is paid by just them.
    pub rule: String,
}

impl Form for SettlementNotice {
    fn marks(&self) -> Marks<'_> {
        self.head.marks(TITLE)
    }

    fn fill(&self, flow: &mut Flow<'_>, state: State) -> Result<(), RenderError> {
        blocks::addressee(flow, &self.addressee, "addressee")?;
        flow.paragraphs(LETTER, &self.opening, "opening")?;
        blocks::heading(flow, "一、您的损失")?;
        let losses: Vec<_> = self.losses.iter().map(Loss::cells).collect();
        blocks::grid_or_dash(
            flow,
            &Grid {
                columns: &LOSSES,
                rows: &losses,
                field: "losses",
            },
        )?;
        blocks::heading(flow, "二、由谁赔付及依据")?;
        let payments: Vec<_> = self.payments.iter().map(PaidBy::cells).collect();
        blocks::grid_or_dash(
            flow,
            &Grid {
                columns: &PAYMENTS,
                rows: &payments,
                field: "payments",
            },
        )?;
        for (title, text, field) in [
            ("三、合计与自行承担", &self.bears, "bears"),
            ("四、到账与后续", &self.what_next, "what_next"),
            ("五、联系方式", &self.contact, "contact"),
        ] {
            blocks::heading(flow, title)?;
            flow.paragraphs(LETTER, text, field)?;
        }
        flow.y += 2.0 * PAD;
        blocks::issuer(flow, &self.head, &self.issuer, state)
    }
}

impl Loss {
    fn cells(&self) -> Vec<String> {
        [&self.what, &self.note, &self.amount].map(String::clone).to_vec()
    }
}

impl PaidBy {
    fn cells(&self) -> Vec<String> {
        let cells = [&self.payer, &self.payee, &self.what, &self.amount, &self.rule];
        cells.map(String::clone).to_vec()
    }
}
