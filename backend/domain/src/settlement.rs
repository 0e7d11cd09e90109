//! Who pays whom, to the fen: the insurance industry's own arithmetic.
//!
//! Given one accident and the rule pack of its time and place, the answer is always the same. It
//! decides no blame and moves no money. Each payment names the rule that made it ([`Rule::source`])
//! and says in a sentence why.

mod because;
mod ctp;
mod difference;
mod input;
mod plan;
mod self_pay;
mod standard;
mod validate;

use serde::{Deserialize, Serialize};
use time::Date;

pub use difference::{Difference, InsurerChange, PartyChange, Standing, difference};
pub use plan::{Cover, Head, Method, Payment, Plan, Rule};

use crate::liability::{Liability, PartyKind};
use crate::money::Fen;
use crate::rule_pack::{NoPack, RulePack, RulePacks};
use crate::time::Instant;

/// Largest single amount, in fen (10 billion yuan): far beyond any policy, far below any overflow.
pub const AMOUNT_FEN_MAX: i64 = 1_000_000_000_000;
/// Most parties in one accident.
pub const PARTIES_MAX: usize = 64;
/// Most outside losses in one accident.
pub const OUTSIDE_PROPERTY_MAX: usize = 64;
/// Longest label, owner, insurer or policy number, in characters.
pub const TEXT_CHARS_MAX: usize = 100;

/// One accident, as the settlement file holds it. The description's names say so: cases have parties and
/// losses of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SettlementFile))]
#[serde(deny_unknown_fields)]
pub struct SettlementInput {
    pub occurred_at: Instant,
    /// GB/T 2260 code of the district: `330681`.
    pub region: String,
    /// In the order 甲, 乙, 丙 …; ties go to whoever comes first.
    pub parties: Vec<SettlementParty>,
    #[serde(default)]
    pub outside_property: Vec<OutsideProperty>,
    #[serde(default)]
    pub agreements: Agreements,
}

/// One party, its covers and its losses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SettlementFileParty))]
#[serde(deny_unknown_fields)]
pub struct SettlementParty {
    pub label: String,
    pub kind: PartyKind,
    pub liability: Liability,
    /// Percent; empty takes the default of the liability.
    #[serde(default)]
    pub share: Option<u8>,
    #[serde(default)]
    pub ctp: Option<Ctp>,
    #[serde(default)]
    pub third_party: Option<ThirdParty>,
    #[serde(default)]
    pub own_damage: Option<OwnDamage>,
    #[serde(default)]
    pub losses: Losses,
}

impl SettlementParty {
    /// Vehicle and what it carried.
    fn property(&self) -> Fen {
        // Both are at most AMOUNT_FEN_MAX once validated.
        Fen(self.losses.vehicle.0.saturating_add(self.losses.carried.0))
    }

    fn is_motor(&self) -> bool {
        self.kind == PartyKind::Motor
    }

    fn is_injured(&self) -> bool {
        !self.losses.medical.is_zero() || !self.losses.disability.is_zero()
    }

    /// Its compulsory policy, when the accident's day lies within it. Without dates it is valid.
    fn valid_ctp(&self, day: Date) -> Option<&Ctp> {
        self.ctp.as_ref().filter(|ctp| {
            ctp.valid_from.is_none_or(|from| from <= day) && ctp.valid_to.is_none_or(|to| day <= to)
        })
    }
}

/// 交强险.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SettlementFileCtp))]
#[serde(deny_unknown_fields)]
pub struct Ctp {
    /// Industry code: `PICC`.
    pub insurer: String,
    #[serde(default)]
    pub policy: Option<String>,
    /// First day of cover, inclusive.
    #[serde(default, with = "crate::day::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub valid_from: Option<Date>,
    /// Last day of cover, inclusive.
    #[serde(default, with = "crate::day::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub valid_to: Option<Date>,
}

/// 三者险.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SettlementFileThirdParty))]
#[serde(deny_unknown_fields)]
pub struct ThirdParty {
    pub insurer: String,
    /// Over the whole accident.
    pub limit: Fen,
    /// 绝对免赔率, 0 to 100.
    #[serde(default)]
    pub deductible_percent: u8,
}

/// 车损险.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SettlementFileOwnDamage))]
#[serde(deny_unknown_fields)]
pub struct OwnDamage {
    pub insurer: String,
    #[serde(default)]
    pub deductible_percent: u8,
}

/// What a party lost, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SettlementFileLosses))]
#[serde(deny_unknown_fields, default)]
pub struct Losses {
    pub vehicle: Fen,
    pub carried: Fen,
    pub medical: Fen,
    pub disability: Fen,
}

/// Something hit that belongs to nobody in the accident: a guard rail, a wall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SettlementFileOutsideProperty))]
#[serde(deny_unknown_fields)]
pub struct OutsideProperty {
    pub owner: String,
    pub loss: Fen,
}

/// What every party agreed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SettlementFileAgreements))]
#[serde(deny_unknown_fields, default)]
pub struct Agreements {
    /// 互碰自赔: every party agreed, each consent on record.
    pub self_pay: bool,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[error("{field}: {message}")]
pub struct SettlementError {
    /// For machines: `shares_required`.
    pub code: String,
    /// The path of the field: `parties[2].share`.
    pub field: String,
    /// For people, in Chinese.
    pub message: String,
}

impl SettlementError {
    pub fn new(code: &str, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            field: field.into(),
            message: message.into(),
        }
    }
}

impl SettlementInput {
    /// Reads one settlement file. Stricter than serde's derive and it names the field.
    ///
    /// # Errors
    /// With the first field that is missing, unknown, of the wrong type or out of range.
    pub fn from_json(bytes: &[u8]) -> Result<Self, SettlementError> {
        input::read(bytes)
    }

    /// The pack of the accident's time and place.
    ///
    /// # Errors
    /// A region that is no code, a time before every pack.
    pub fn choose_pack<'p>(&self, packs: &'p RulePacks) -> Result<&'p RulePack, SettlementError> {
        packs
            .choose(&self.region, self.occurred_at)
            .map_err(|error| match error {
                NoPack::Region => SettlementError::new(
                    "region_unknown",
                    "region",
                    "地区应为六位行政区划代码，例如330681。",
                ),
                NoPack::TooEarly => SettlementError::new(
                    "no_rule_pack",
                    "occurred_at",
                    "事故时间早于已收录的交强险限额规则。",
                ),
            })
    }
}

/// Computes the plan: 互碰自赔 when everything it needs holds, the standard rule otherwise.
///
/// # Errors
/// Input that makes no sense, undetermined liability, shares that must be given.
pub fn settle(input: &SettlementInput, pack: &RulePack) -> Result<Plan, SettlementError> {
    validate::validate(input)?;
    let day = input.occurred_at.china_day();
    let bars = if input.agreements.self_pay {
        Some(self_pay::barred(input, pack, day))
    } else {
        None
    };
    let (method, payments, mut warnings) = match bars {
        Some(bars) if bars.is_empty() => (Method::SelfPay, self_pay::payments(input), vec![]),
        bars => {
            let (payments, mut warnings) = standard::payments(input, pack, day)?;
            if let Some(bars) = bars {
                let bars = bars.join("、");
                warnings.insert(0, format!("各方同意互碰自赔，但{bars}，按一般规则计算。"));
            }
            (Method::Standard, payments, warnings)
        }
    };
    warnings.extend(validate::oddities(input, day, &payments));
    let outside = input.outside_property.iter().map(|outside| outside.loss);
    let of_parties = input
        .parties
        .iter()
        .flat_map(|p| [p.property(), p.losses.medical, p.losses.disability]);
    let losses = sum(of_parties.chain(outside));
    let paid = sum(payments
        .iter()
        .filter(|payment| !payment.is_borne())
        .map(|payment| payment.amount));
    Ok(Plan {
        method,
        payments,
        rule_pack: pack.id.clone(),
        losses,
        paid,
        warnings,
    })
}

/// Sums of validated amounts fit: at most a few hundred of at most AMOUNT_FEN_MAX.
fn sum(amounts: impl Iterator<Item = Fen>) -> Fen {
    amounts.fold(Fen::ZERO, |sum, amount| Fen(sum.0.saturating_add(amount.0)))
}
