//! The answer: payments, each with the rule that made it and the reason.

use serde::{Deserialize, Serialize};

use crate::money::Fen;

/// Which part of a loss, as compulsory cover divides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Head {
    Property,
    Medical,
    Disability,
}

impl Head {
    pub const ALL: [Self; 3] = [Self::Property, Self::Medical, Self::Disability];

    pub const fn label(self) -> &'static str {
        match self {
            Self::Property => "财产损失",
            Self::Medical => "医疗费用",
            Self::Disability => "误工护理等费用",
        }
    }
}

/// Whose money it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cover {
    /// 交强险, to somebody else.
    Ctp,
    /// 互碰自赔: to its own insured.
    CtpSelf,
    /// 无责代赔: to its own insured, on behalf of the no-fault side.
    CtpAdvance,
    /// 三者险.
    ThirdParty,
    /// 车损险.
    OwnDamage,
    /// The party itself, or the owner who should have insured.
    Personal,
}

impl Cover {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ctp => "交强险",
            Self::CtpSelf => "交强险（互碰自赔）",
            Self::CtpAdvance => "交强险（无责代赔）",
            Self::ThirdParty => "三者险",
            Self::OwnDamage => "车损险",
            Self::Personal => "个人承担",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Method {
    SelfPay,
    Standard,
}

/// The rule that made a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Rule {
    #[serde(rename = "ctp.self_pay")]
    SelfPay,
    #[serde(rename = "ctp.advance")]
    Advance,
    #[serde(rename = "ctp.no_fault")]
    NoFault,
    #[serde(rename = "ctp.standard")]
    Standard,
    #[serde(rename = "ctp.uninsured")]
    Uninsured,
    #[serde(rename = "share.third_party")]
    ThirdParty,
    #[serde(rename = "share.own_damage")]
    OwnDamage,
    #[serde(rename = "share.personal")]
    Personal,
    #[serde(rename = "share.own")]
    Own,
    #[serde(rename = "borne.no_fault")]
    Borne,
}

impl Rule {
    pub const ALL: [Self; 10] = [
        Self::SelfPay,
        Self::Advance,
        Self::NoFault,
        Self::Standard,
        Self::Uninsured,
        Self::ThirdParty,
        Self::OwnDamage,
        Self::Personal,
        Self::Own,
        Self::Borne,
    ];

    /// Where the rule comes from.
    pub const fn source(self) -> &'static str {
        match self {
            Self::SelfPay => "中国保险行业协会《交强险财产损失“互碰自赔”处理办法》",
            Self::Advance => "中国保险行业协会《交强险理赔实务规程》无责代赔",
            Self::NoFault => "《机动车交通事故责任强制保险条款》无责任赔偿限额",
            Self::Standard => "《机动车交通事故责任强制保险条款》、《交强险理赔实务规程》",
            Self::Uninsured => "《中华人民共和国道路交通安全法》第七十六条：未投保的在强制保险限额内自行赔偿",
            Self::ThirdParty => "《机动车商业保险示范条款》机动车第三者责任保险",
            Self::OwnDamage => "《机动车商业保险示范条款》机动车损失保险",
            Self::Personal | Self::Own => "《中华人民共和国道路交通安全法》第七十六条：按照过错比例分担责任",
            Self::Borne => "各方均无责任，强制保险之外的损失由各自承担",
        }
    }
}

/// One payment, or one amount that a victim bears itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Payment {
    pub head: Head,
    pub cover: Cover,
    /// The party whose policy, or purse, pays.
    pub holder: String,
    /// Industry code; empty for `personal`.
    pub insurer: Option<String>,
    pub payee: String,
    pub amount: Fen,
    pub rule: Rule,
    /// One sentence that a driver understands.
    pub because: String,
}

impl Payment {
    /// No money moves: the victim bears it.
    pub fn is_borne(&self) -> bool {
        matches!(self.rule, Rule::Own | Rule::Borne)
    }
}

/// The whole answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Plan {
    pub method: Method,
    /// Heads in order, victims in party order, payers in party order.
    pub payments: Vec<Payment>,
    /// Id of the pack that decided.
    pub rule_pack: String,
    /// Everything that was lost.
    pub losses: Fen,
    /// What others or insurers pay; the rest of the losses is borne by who had them.
    pub paid: Fen,
    /// What a reader should know, in Chinese.
    pub warnings: Vec<String>,
}
