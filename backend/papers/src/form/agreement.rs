//! The form 道路交通事故自行协商协议书: what the parties themselves agree on, ticked and signed.
//!
//! 程序规定 (公安部令第146号) art. 21. Main and lesser liability are not on it: they are for an officer to find.

use serde::{Deserialize, Serialize};

use super::blocks::{self, LEAD_WIDTH, PARTY_LABEL, across, pair};
use super::{Form, Head, Marks};
use crate::RenderError;
use crate::document::{PartySignature, State};
use crate::draw::mm;
use crate::flow::{Flow, WIDTH};
use crate::signatures::Signers;
use crate::table::{self, Field, Value};

const TITLE: &str = "道路交通事故自行协商协议书";
/// As on the finding.
const PARTIES_MAX: usize = 24;

/// 事故形态
pub const COLLISIONS: [&str; 9] = [
    "追尾碰撞",
    "正面碰撞",
    "侧面碰撞（同向）",
    "侧面碰撞（对向）",
    "侧面碰撞（直角）",
    "侧面碰撞（角度不确定）",
    "同向刮擦",
    "对向刮擦",
    "其他",
];
/// 车损部位
pub const DAMAGED_PARTS: [&str; 8] = [
    "车头",
    "左前角",
    "右前角",
    "车尾",
    "左后角",
    "右后角",
    "车身左侧",
    "车身右侧",
];
/// 事故情形
pub const SITUATIONS: [&str; 10] = [
    "未保持安全车距与前车追尾",
    "逆行",
    "倒车",
    "溜车",
    "开关车门",
    "违反交通信号灯",
    "未按规定让行",
    "停车",
    "变更车道与其他车辆刮擦",
    "其他",
];
/// 事故责任, as far as parties may say it themselves.
pub const LIABILITIES: [&str; 3] = ["全部责任", "无责任", "同等责任"];

/// A box to tick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    pub text: String,
    pub ticked: bool,
}

/// All of `options`, of which those are ticked that `chosen` says yes to.
pub fn ticks(options: &[&str], chosen: impl Fn(&str) -> bool) -> Vec<Tick> {
    let tick = |option: &&str| Tick {
        text: (*option).to_owned(),
        ticked: chosen(option),
    };
    options.iter().map(tick).collect()
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    pub head: Head,
    pub occurred_at: String,
    pub weather: String,
    pub place: String,
    /// 事故形态, one of [`COLLISIONS`].
    pub collision: Vec<Tick>,
    pub parties: Vec<AgreementParty>,
    /// What happened and what is paid, in the parties' words; empty when the ticks say it all.
    pub terms: String,
    /// On true statements and what follows from false ones. Paragraphs are separated by line feeds.
    pub statement: String,
    pub signatures: Vec<PartySignature>,
    pub date: String,
    pub copies: String,
}

/// A field that is `None` is struck out with a dash.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AgreementParty {
    /// 甲, 乙 … follow the vehicles from front to back or from left to right.
    pub label: String,
    pub name: Option<String>,
    pub document_number: Option<String>,
    pub phone: Option<String>,
    pub plate: Option<String>,
    pub vehicle: Option<String>,
    pub insurer: Option<String>,
    pub policy_number: Option<String>,
    /// 保险期间
    pub insured_until: Option<String>,
    /// 报案号
    pub claim_number: Option<String>,
    pub damaged: Vec<Tick>,
    pub situation: Vec<Tick>,
    pub liability: Vec<Tick>,
}

impl Form for Agreement {
    fn marks(&self) -> Marks<'_> {
        self.head.marks(TITLE)
    }

    fn fill(&self, flow: &mut Flow<'_>, _state: State) -> Result<(), RenderError> {
        if self.parties.len() > PARTIES_MAX {
            return Err(RenderError::BadField {
                field: "parties".to_owned(),
                why: "more than 24 parties",
            });
        }
        flow.open_frame();
        blocks::circumstances(flow, &self.occurred_at, &self.weather, &self.place)?;
        table::rows(
            flow,
            &[vec![across(
                "事故形态",
                Value::Ticks(&self.collision),
                "collision",
            )]],
        )?;
        for (index, party) in self.parties.iter().enumerate() {
            block(flow, index, party)?;
        }
        if !self.terms.trim().is_empty() {
            blocks::titled(flow, "协商内容：", &self.terms, "terms")?;
        }
        blocks::small_print(flow, &self.statement, "statement")?;
        Signers::parties(&self.signatures).draw(flow)?;
        table::rows(flow, &[vec![across("签订日期", self.date.as_str(), "date")]])?;
        blocks::copies(flow, &self.copies)
    }
}

fn block(flow: &mut Flow, index: usize, party: &AgreementParty) -> Result<(), RenderError> {
    let name = |name: &str| format!("parties[{index}].{name}");
    let ticks = |label: &'static str, ticks, field: &str| {
        let widths = (PARTY_LABEL, WIDTH - LEAD_WIDTH - PARTY_LABEL);
        vec![Field::new(label, Value::Ticks(ticks), name(field), widths)]
    };
    let halves = |left, right| pair(left, right, LEAD_WIDTH, PARTY_LABEL);
    let rows = [
        halves(
            ("当事人", &party.name, name("name")),
            ("驾驶证号", &party.document_number, name("document_number")),
        ),
        halves(
            ("联系方式", &party.phone, name("phone")),
            ("号牌号码", &party.plate, name("plate")),
        ),
        halves(
            ("车辆类型", &party.vehicle, name("vehicle")),
            ("投保公司", &party.insurer, name("insurer")),
        ),
        halves(
            ("保险凭证号", &party.policy_number, name("policy_number")),
            ("保险期间", &party.insured_until, name("insured_until")),
        ),
        vec![Field::new(
            "报案号",
            &party.claim_number,
            name("claim_number"),
            (PARTY_LABEL, WIDTH - LEAD_WIDTH - PARTY_LABEL),
        )],
        ticks("车损部位", &party.damaged, "damaged"),
        ticks("事故情形", &party.situation, "situation"),
        ticks("事故责任", &party.liability, "liability"),
    ];
    table::block(flow, Some((&format!("{}\n方", party.label), mm(9.0))), &rows)
}
