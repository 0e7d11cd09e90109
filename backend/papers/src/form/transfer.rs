//! 道路交通事故移交单: goes with a case from the remote desk to the officers who drive to the scene.

use serde::{Deserialize, Serialize};

use super::blocks::{self, LABEL_WIDTH, across, pair};
use super::{Form, Head, Issuer, Marks};
use crate::RenderError;
use crate::document::{Party, State};
use crate::flow::Flow;
use crate::grid::{Align, Column, Grid, column};
use crate::table::{self, Value};

const TITLE: &str = "道路交通事故移交单";
const COLLECTED: [Column; 5] = [
    column("序号", 9.0, Align::Centre),
    column("材料", 34.0, Align::Left),
    column("采集人", 18.0, Align::Left),
    column("采集时间", 41.0, Align::Left),
    column("内容摘要（SHA-256）", 68.0, Align::Left),
];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransferSheet {
    pub head: Head,
    pub case_number: String,
    /// Who takes over, e.g. 诸暨市公安局交通警察大队路面勤务中队.
    pub to: Option<String>,
    pub reported_at: String,
    pub occurred_at: String,
    pub weather: String,
    pub place: String,
    /// Degrees and accuracy in words.
    pub coordinates: Option<String>,
    /// Why the case leaves the remote flow, with the article.
    pub reason: String,
    pub parties: Vec<Party>,
    /// What the parties were told and what was done so far. Paragraphs are separated by line feeds.
    pub measures: String,
    pub collected: Vec<Collected>,
    pub handed_over_at: String,
    pub issuer: Issuer,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    pub what: String,
    pub by: String,
    pub at: String,
    /// Hex, or empty for what has no file.
    pub digest: String,
}

impl Form for TransferSheet {
    fn marks(&self) -> Marks<'_> {
        self.head.marks(TITLE)
    }

    fn fill(&self, flow: &mut Flow<'_>, state: State) -> Result<(), RenderError> {
        flow.open_frame();
        let halves = |left, right| pair(left, right, 0.0, LABEL_WIDTH);
        let rows = [
            halves(
                (
                    "案件编号",
                    Value::from(self.case_number.as_str()),
                    "case_number".to_owned(),
                ),
                ("接收单位", Value::from(&self.to), "to".to_owned()),
            ),
            halves(
                (
                    "报警时间",
                    self.reported_at.as_str().into(),
                    "reported_at".to_owned(),
                ),
                (
                    "移交时间",
                    self.handed_over_at.as_str().into(),
                    "handed_over_at".to_owned(),
                ),
            ),
        ];
        table::rows(flow, &rows)?;
        blocks::circumstances(flow, &self.occurred_at, &self.weather, &self.place)?;
        table::rows(
            flow,
            &[vec![across("位置坐标", &self.coordinates, "coordinates")]],
        )?;
        for (index, party) in self.parties.iter().enumerate() {
            blocks::party(flow, index, party)?;
        }
        blocks::titled(flow, "移交原因：", &self.reason, "reason")?;
        blocks::titled(flow, "已告知事项及已采取措施：", &self.measures, "measures")?;
        let numbered = self.collected.iter().enumerate().map(|(index, item)| {
            let cells = [&item.what, &item.by, &item.at, &item.digest];
            let mut row = vec![(index + 1).to_string()];
            row.extend(cells.map(String::clone));
            row
        });
        let rows: Vec<_> = numbered.collect();
        flow.section("已收集的材料：")?;
        blocks::grid_or_dash(
            flow,
            &Grid {
                columns: &COLLECTED,
                rows: &rows,
                field: "collected",
            },
        )?;
        blocks::issuer(flow, &self.head, &self.issuer, state)?;
        // Filled in by hand on arrival.
        let received = halves(
            ("接收人\n（签名）", Value::Blank, "form".to_owned()),
            ("接收时间", Value::Blank, "form".to_owned()),
        );
        table::rows(flow, &[received])
    }
}
