//! The form 机动车损失定损单: what a repair costs, item by item, and who says so.

use serde::{Deserialize, Serialize};

use super::blocks::{self, LABEL_WIDTH, across, pair};
use super::{Form, Head, Marks};
use crate::RenderError;
use crate::document::{PartySignature, State};
use crate::flow::Flow;
use crate::grid::{Align, Column, Grid, column};
use crate::signatures::Signers;
use crate::table;

const TITLE: &str = "机动车损失定损单";
const COLUMNS: [Column; 6] = [
    column("序号", 9.0, Align::Centre),
    column("损失项目", 58.0, Align::Left),
    column("修理方式", 20.0, Align::Centre),
    column("配件费（元）", 26.0, Align::Right),
    column("工时费（元）", 26.0, Align::Right),
    column("小计（元）", 27.0, Align::Right),
];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssessmentSheet {
    pub head: Head,
    /// Number of the case or of its finding.
    pub case_number: String,
    pub occurred_at: String,
    /// 甲, 乙 … and the name of whose vehicle it is.
    pub owner: String,
    pub plate: Option<String>,
    pub vehicle: Option<String>,
    /// 车辆识别代号
    pub vin: Option<String>,
    pub insurer: Option<String>,
    pub damaged: Option<String>,
    pub items: Vec<AssessedItem>,
    pub totals: AssessmentTotals,
    /// Who pays by the settlement's rules.
    pub payer: String,
    /// Who assessed, and how.
    pub assessor: String,
    pub assessed_at: String,
    /// Until when the repair is done or the figure may be contested, in words.
    pub deadline: Option<String>,
    /// What is said against the figure, or that nothing was; `None` is struck out.
    pub objection: Option<String>,
    /// What an owner who disagrees may do. Paragraphs are separated by line feeds.
    pub rights: String,
    pub signatures: Vec<PartySignature>,
    pub date: String,
    pub copies: String,
}

/// Amounts are in words of the form 1,234.00; an empty one is struck out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessedItem {
    pub name: String,
    /// 更换, 修复, 喷漆 …
    pub operation: String,
    pub parts: String,
    pub labour: String,
    pub total: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessmentTotals {
    pub parts: String,
    pub labour: String,
    pub total: String,
    /// 人民币大写
    pub in_words: String,
}

impl Form for AssessmentSheet {
    fn marks(&self) -> Marks<'_> {
        self.head.marks(TITLE)
    }

    fn fill(&self, flow: &mut Flow<'_>, _state: State) -> Result<(), RenderError> {
        flow.open_frame();
        self.vehicle(flow)?;
        let numbered = self.items.iter().enumerate().map(|(index, item)| {
            let cells = [
                &item.name,
                &item.operation,
                &item.parts,
                &item.labour,
                &item.total,
            ];
            let mut row = vec![(index + 1).to_string()];
            row.extend(cells.map(String::clone));
            row
        });
        let mut rows: Vec<_> = numbered.collect();
        let AssessmentTotals {
            parts, labour, total, ..
        } = &self.totals;
        let sum = ["", "合计", "", parts, labour, total];
        rows.push(sum.map(str::to_owned).to_vec());
        Grid {
            columns: &COLUMNS,
            rows: &rows,
            field: "items",
        }
        .draw(flow)?;
        let figure = format!("人民币 {} 元", self.totals.total);
        table::rows(
            flow,
            &[
                vec![across("定损金额", figure.as_str(), "totals.total")],
                vec![across("大写", self.totals.in_words.as_str(), "totals.in_words")],
                vec![across("赔付方", self.payer.as_str(), "payer")],
                pair(
                    ("定损人", self.assessor.as_str(), "assessor".to_owned()),
                    ("定损时间", self.assessed_at.as_str(), "assessed_at".to_owned()),
                    0.0,
                    LABEL_WIDTH,
                ),
                vec![across("期限", &self.deadline, "deadline")],
            ],
        )?;
        blocks::titled(
            flow,
            "异议及处理：",
            self.objection.as_deref().unwrap_or_default(),
            "objection",
        )?;
        blocks::small_print(flow, &self.rights, "rights")?;
        Signers::parties(&self.signatures).draw(flow)?;
        table::rows(flow, &[vec![across("日期", self.date.as_str(), "date")]])?;
        blocks::copies(flow, &self.copies)
    }
}

impl AssessmentSheet {
    fn vehicle(&self, flow: &mut Flow) -> Result<(), RenderError> {
        let halves = |left, right| pair(left, right, 0.0, LABEL_WIDTH);
        let owner = Some(self.owner.clone());
        let case_number = Some(self.case_number.clone());
        let occurred_at = Some(self.occurred_at.clone());
        let rows = [
            halves(
                ("案件编号", &case_number, "case_number".to_owned()),
                ("事故时间", &occurred_at, "occurred_at".to_owned()),
            ),
            halves(
                ("当事人", &owner, "owner".to_owned()),
                ("号牌号码", &self.plate, "plate".to_owned()),
            ),
            halves(
                ("车辆型号", &self.vehicle, "vehicle".to_owned()),
                ("车辆识别\n代号", &self.vin, "vin".to_owned()),
            ),
            vec![across("投保公司", &self.insurer, "insurer")],
            vec![across("受损部位", &self.damaged, "damaged")],
        ];
        table::rows(flow, &rows)
    }
}
