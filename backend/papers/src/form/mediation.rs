//! 道路交通事故损害赔偿调解记录: who asked, what was proposed, how it ended, and who was there.
//!
//! 程序规定 (公安部令第146号) arts. 25 and 26. The result itself is written on the finding; this is the record of
//! how it came about.

use serde::{Deserialize, Serialize};

use super::blocks::{self, LABEL_WIDTH, across, pair};
use super::{Form, Head, Issuer, Marks};
use crate::RenderError;
use crate::document::{PartySignature, Performance, State};
use crate::flow::{BODY, Flow, PAD};
use crate::grid::{Align, Column, Grid, column};
use crate::signatures::Signers;
use crate::table;

const TITLE: &str = "道路交通事故损害赔偿调解记录";
const PARTICIPANTS: [Column; 4] = [
    column("序号", 12.0, Align::Centre),
    column("参加人", 60.0, Align::Left),
    column("身份", 48.0, Align::Left),
    column("参加方式", 50.0, Align::Left),
];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MediationRecord {
    pub head: Head,
    pub finding_number: String,
    pub occurred_at: String,
    pub place: String,
    /// From when to when, in words.
    pub held_at: String,
    /// Where or by what means, e.g. 远程视频.
    pub held_by: String,
    pub host: String,
    pub participants: Vec<Participant>,
    /// Who asked for mediation, and when.
    pub request: String,
    /// What was said and proposed, in its order.
    pub statements: Vec<Statement>,
    /// The result, or why there is none. Paragraphs are separated by line feeds.
    pub result: String,
    /// Only under a result.
    pub performance: Option<Performance>,
    pub signatures: Vec<PartySignature>,
    pub issuer: Issuer,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    pub name: String,
    /// 甲方当事人, 保险公司代表 …
    pub role: String,
    pub means: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    pub by: String,
    pub at: String,
    pub text: String,
}

impl Form for MediationRecord {
    fn marks(&self) -> Marks<'_> {
        self.head.marks(TITLE)
    }

    fn fill(&self, flow: &mut Flow<'_>, state: State) -> Result<(), RenderError> {
        flow.open_frame();
        let halves = |left, right| pair(left, right, 0.0, LABEL_WIDTH);
        let rows = [
            halves(
                (
                    "认定书编号",
                    self.finding_number.as_str(),
                    "finding_number".to_owned(),
                ),
                ("事故时间", self.occurred_at.as_str(), "occurred_at".to_owned()),
            ),
            vec![across("事故地点", self.place.as_str(), "place")],
            vec![across("调解时间", self.held_at.as_str(), "held_at")],
            halves(
                ("调解方式", self.held_by.as_str(), "held_by".to_owned()),
                ("主持人", self.host.as_str(), "host".to_owned()),
            ),
        ];
        table::rows(flow, &rows)?;
        let people = self.participants.iter().enumerate();
        let people: Vec<_> = people
            .map(|(index, person)| {
                let number = (index + 1).to_string();
                vec![
                    number,
                    person.name.clone(),
                    person.role.clone(),
                    person.means.clone(),
                ]
            })
            .collect();
        Grid {
            columns: &PARTICIPANTS,
            rows: &people,
            field: "participants",
        }
        .draw(flow)?;
        blocks::titled(flow, "申请调解情况：", &self.request, "request")?;
        flow.section("各方意见及调解过程：")?;
        for (index, statement) in self.statements.iter().enumerate() {
            let line = format!("{}（{}）：{}", statement.by, statement.at, statement.text);
            flow.paragraphs(BODY, &line, &format!("statements[{index}]"))?;
        }
        if self.statements.is_empty() {
            flow.paragraphs(BODY, "—", "form")?;
        }
        flow.y += PAD / 2.0;
        flow.section("调解结果：")?;
        flow.paragraphs(BODY, &self.result, "result")?;
        let parties = Signers::parties(&self.signatures);
        blocks::performance_and_signatures(flow, self.performance.as_ref(), &parties)?;
        blocks::issuer(flow, &self.head, &self.issuer, state)
    }
}
