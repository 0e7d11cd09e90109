//! What goes to and comes from the superior unit when a party does not accept a finding: 复核申请书 and the notices.
//!
//! 程序规定 (公安部令第146号) arts. 71 to 76.

use serde::{Deserialize, Serialize};

use super::blocks::{self, LABEL_WIDTH, across, pair};
use super::{Form, Head, Issuer, Marks};
use crate::RenderError;
use crate::document::{Party, PartySignature, State};
use crate::flow::{BODY, Flow, LETTER, PAD};
use crate::signatures::{Caption, Signers};
use crate::table;

const APPLICATION: &str = "道路交通事故认定复核申请书";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewApplication {
    pub head: Head,
    /// The superior unit that reviews.
    pub to: String,
    /// Through which it is filed; `None` when it is filed above.
    pub through: Option<String>,
    pub applicant: Party,
    pub finding_number: String,
    pub finding_unit: String,
    pub served_at: String,
    pub filed_at: String,
    /// 复核请求
    pub request: String,
    /// 理由
    pub reasons: String,
    /// 主要证据, one a line.
    pub evidence: Vec<String>,
    /// On the term of three working days and that there is one review only.
    pub note: String,
    /// Of the one who applies; its label is 申请人.
    pub signature: PartySignature,
}

impl Form for ReviewApplication {
    fn marks(&self) -> Marks<'_> {
        self.head.marks(APPLICATION)
    }

    fn fill(&self, flow: &mut Flow<'_>, _state: State) -> Result<(), RenderError> {
        flow.open_frame();
        let halves = |left, right| pair(left, right, 0.0, LABEL_WIDTH);
        let name = |field: &str| format!("applicant.{field}");
        let finding_number = Some(self.finding_number.clone());
        let served_at = Some(self.served_at.clone());
        let rows = [
            vec![across("复核机关", self.to.as_str(), "to")],
            vec![across("经由单位", &self.through, "through")],
            halves(
                ("申请人", &self.applicant.name, name("name")),
                ("联系电话", &self.applicant.phone, name("phone")),
            ),
            halves(
                (
                    "证件号码",
                    &self.applicant.document_number,
                    name("document_number"),
                ),
                ("号牌号码", &self.applicant.plate, name("plate")),
            ),
            halves(
                ("认定书编号", &finding_number, "finding_number".to_owned()),
                ("送达时间", &served_at, "served_at".to_owned()),
            ),
            vec![across("作出单位", self.finding_unit.as_str(), "finding_unit")],
            vec![across("申请时间", self.filed_at.as_str(), "filed_at")],
        ];
        table::rows(flow, &rows)?;
        blocks::titled(flow, "复核请求：", &self.request, "request")?;
        blocks::titled(flow, "事实和理由：", &self.reasons, "reasons")?;
        flow.section("主要证据：")?;
        for (index, evidence) in self.evidence.iter().enumerate() {
            let line = format!("{}．{evidence}", index + 1);
            flow.paragraphs(BODY, &line, &format!("evidence[{index}]"))?;
        }
        if self.evidence.is_empty() {
            flow.paragraphs(BODY, "—", "form")?;
        }
        flow.y += PAD / 2.0;
        let applicant = Signers {
            signatures: std::slice::from_ref(&self.signature),
            field: "signature",
            place: "party",
            first: 1,
            act: "复核申请签名",
            caption: Caption::Own,
        };
        applicant.draw(flow)?;
        blocks::small_print(flow, &self.note, "note")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewNoticeKind {
    Accepted,
    NotAccepted,
    Ended,
    Conclusion,
}

impl ReviewNoticeKind {
    const fn title(self) -> &'static str {
        match self {
            Self::Accepted => "道路交通事故认定复核受理通知书",
            Self::NotAccepted => "道路交通事故认定复核不予受理通知书",
            Self::Ended => "道路交通事故认定复核终止通知书",
            Self::Conclusion => "道路交通事故认定复核结论",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewNotice {
    pub head: Head,
    pub kind: ReviewNoticeKind,
    /// Whom it is for, e.g. 张伟.
    pub addressee: String,
    pub finding_number: String,
    pub finding_unit: String,
    pub applicant: String,
    pub filed_at: String,
    /// What was asked, found and considered. Paragraphs are separated by line feeds.
    pub reasons: String,
    /// What is decided, with the article.
    pub decision: String,
    /// What follows, and what the parties may do.
    pub rights: String,
    pub issuer: Issuer,
}

impl Form for ReviewNotice {
    fn marks(&self) -> Marks<'_> {
        self.head.marks(self.kind.title())
    }

    fn fill(&self, flow: &mut Flow<'_>, state: State) -> Result<(), RenderError> {
        blocks::addressee(flow, &self.addressee, "addressee")?;
        let opening = format!(
            "{}于{}对{}作出的第{}号道路交通事故认定书提出的复核申请，现通知如下。",
            self.applicant, self.filed_at, self.finding_unit, self.finding_number
        );
        flow.paragraphs(LETTER, &opening, "opening")?;
        for (title, text, field) in [
            ("审查情况", &self.reasons, "reasons"),
            ("决定", &self.decision, "decision"),
            ("告知事项", &self.rights, "rights"),
        ] {
            if !text.trim().is_empty() {
                blocks::heading(flow, title)?;
                flow.paragraphs(LETTER, text, field)?;
            }
        }
        flow.y += 2.0 * PAD;
        blocks::issuer(flow, &self.head, &self.issuer, state)
    }
}
