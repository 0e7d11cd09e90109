//! What the parties agree to: who pays whom how much, how and until when, and the words on the page.
//!
//! Here the terms are held against the parties and their losses; who may propose them is decided elsewhere.

use serde::{Deserialize, Serialize};
use time::Date;

use super::waiver;
use crate::day;
use crate::money::Fen;
use crate::refusal::Problem;
use crate::settlement::{Cover, Plan};
use crate::time::Instant;

const PAYMENTS_MAX: usize = 64;
const TEXT_CHARS_MAX: usize = 2_000;
const LINE_CHARS_MAX: usize = 100;
/// As for losses: beyond ten million yuan it is no simple case.
const AMOUNT_MAX: Fen = Fen::from_yuan(10_000_000);
const DAYS_MAX: u16 = 365;
/// A day further away is a slip of the pen.
const YEARS_MAX: i64 = 5;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = MediationTerms))]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Amounts may differ from the plan.
    pub payments: Vec<AgreedPayment>,
    /// 损害赔偿调解结果, as it stands on the finding.
    pub text: String,
    /// 履行方式; there when something is paid.
    #[serde(default)]
    pub performance: Option<String>,
    /// 履行期限; there when something is paid.
    #[serde(default)]
    pub deadline: Option<Deadline>,
    /// Why a party gets more than its recorded loss; only then.
    #[serde(default)]
    pub over_loss_reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AgreedPayment {
    /// Label of the party who pays.
    pub payer: String,
    pub payee: String,
    pub amount_fen: Fen,
}

/// 履行期限
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = MediationDeadline))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Deadline {
    /// By the end of this day in China, `2026-12-01`.
    On {
        #[serde(with = "day")]
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
        date: Date,
    },
    /// Days from the last signature.
    Within { days: u16 },
}

impl Deadline {
    /// As it stands on the page.
    pub fn text(self) -> String {
        match self {
            Self::On { date } => format!(
                "{:04}年{:02}月{:02}日前",
                date.year(),
                u8::from(date.month()),
                date.day()
            ),
            Self::Within { days } => format!("自签名之日起{days}日内"),
        }
    }
}

/// How an agreed amount compares with what the plan leaves to these two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = TermsDifference))]
pub struct Difference {
    pub payer: String,
    pub payee: String,
    pub planned_fen: Fen,
    pub agreed_fen: Fen,
}

/// A party as the terms see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsParty {
    pub label: String,
    pub name: String,
    pub losses: Fen,
    /// 代位求偿
    pub subrogated: bool,
}

impl TermsParty {
    /// 甲方; a party beyond the ten stems is its own word.
    pub fn side(&self) -> String {
        super::side(&self.label)
    }
}

/// What the plan leaves to the parties themselves: who must pay another party, and how much.
pub fn suggestion(plan: &Plan, parties: &[TermsParty]) -> Vec<AgreedPayment> {
    let known = |label: &str| parties.iter().any(|party| party.label == label);
    let mut all: Vec<AgreedPayment> = Vec::new();
    let personal = plan.payments.iter().filter(|payment| {
        payment.cover == Cover::Personal
            && !payment.is_borne()
            && payment.holder != payment.payee
            && known(&payment.holder)
            && known(&payment.payee)
    });
    for payment in personal {
        let same =
            |agreed: &&mut AgreedPayment| agreed.payer == payment.holder && agreed.payee == payment.payee;
        match all.iter_mut().find(same) {
            // Each is at most a recorded loss, so the sum fits.
            Some(agreed) => agreed.amount_fen = Fen(agreed.amount_fen.0.saturating_add(payment.amount.0)),
            None => all.push(AgreedPayment {
                payer: payment.holder.clone(),
                payee: payment.payee.clone(),
                amount_fen: payment.amount,
            }),
        }
    }
    all
}

/// Every pair that pays by the plan or by the terms, the plan's first.
pub fn difference(planned: &[AgreedPayment], agreed: &[AgreedPayment]) -> Vec<Difference> {
    let amount = |among: &[AgreedPayment], payer: &str, payee: &str| {
        Fen(among
            .iter()
            .filter(|payment| payment.payer == payer && payment.payee == payee)
            .fold(0_i64, |sum, payment| sum.saturating_add(payment.amount_fen.0)))
    };
    let mut all: Vec<Difference> = Vec::new();
    for payment in planned.iter().chain(agreed) {
        let (payer, payee) = (&payment.payer, &payment.payee);
        if all
            .iter()
            .any(|pair| pair.payer == *payer && pair.payee == *payee)
        {
            continue;
        }
        all.push(Difference {
            planned_fen: amount(planned, payer, payee),
            agreed_fen: amount(agreed, payer, payee),
            payer: payer.clone(),
            payee: payee.clone(),
        });
    }
    all
}

impl Terms {
    /// Without blanks around the words, and without a reason that is not needed.
    #[must_use]
    pub fn tidied(self, parties: &[TermsParty]) -> Self {
        let filled = |text: Option<String>| {
            text.map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        let needed = self.over_loss(parties).is_some();
        Self {
            text: self.text.trim().replace("\r\n", "\n"),
            performance: filled(self.performance),
            over_loss_reason: filled(self.over_loss_reason).filter(|_| needed),
            ..self
        }
    }

    /// Everything that keeps these terms from the page. Fields are named as the client sent them.
    pub fn problems(&self, parties: &[TermsParty], now: Instant) -> Vec<Problem> {
        let mut problems = self.payment_problems(parties);
        problems.extend(self.over_loss_problem(parties));
        problems.extend(self.performance_problems(now));
        problems.extend(self.text_problems(parties));
        problems.extend(self.waiver_problems(parties));
        problems
    }

    fn payment_problems(&self, parties: &[TermsParty]) -> Vec<Problem> {
        if self.payments.len() > PAYMENTS_MAX {
            return vec![Problem::new("payments", "too_many", "付款项目过多，请合并")];
        }
        let mut problems = Vec::new();
        for (index, payment) in self.payments.iter().enumerate() {
            let mut problem = |name: &str, code: &str, message: &str| {
                problems.push(Problem::new(format!("payments[{index}].{name}"), code, message));
            };
            for (name, label) in [("payer", &payment.payer), ("payee", &payment.payee)] {
                if !parties.iter().any(|party| party.label == *label) {
                    problem(name, "unknown_party", "请选择本案的当事人");
                }
            }
            if payment.payer == payment.payee {
                problem("payee", "same_party", "付款方和收款方不能是同一方");
            }
            if payment.amount_fen <= Fen(0) {
                problem("amount_fen", "not_positive", "金额应大于0");
            } else if payment.amount_fen > AMOUNT_MAX {
                problem("amount_fen", "too_large", "金额过大，请核对");
            }
            let earlier = &self.payments[..index];
            if earlier
                .iter()
                .any(|other| other.payer == payment.payer && other.payee == payment.payee)
            {
                problem("payee", "duplicate", "这两方之间已有一笔付款，请合并成一笔");
            }
        }
        problems
    }

    /// The first party who gets more than its recorded loss: label, what it gets, what it lost.
    fn over_loss<'p>(&self, parties: &'p [TermsParty]) -> Option<(&'p TermsParty, Fen)> {
        parties.iter().find_map(|party| {
            let gets = self
                .payments
                .iter()
                .filter(|payment| payment.payee == party.label)
                .fold(0_i64, |sum, payment| sum.saturating_add(payment.amount_fen.0));
            (Fen(gets) > party.losses).then_some((party, Fen(gets)))
        })
    }

    fn over_loss_problem(&self, parties: &[TermsParty]) -> Option<Problem> {
        let reason = self
            .over_loss_reason
            .as_deref()
            .map(str::trim)
            .unwrap_or_default();
        match self.over_loss(parties) {
            Some((party, gets)) if reason.is_empty() => Some(Problem::new(
                "over_loss_reason",
                "missing",
                format!(
                    "{}得到的{gets}超过其记录的损失{}，请写明理由",
                    party.side(),
                    party.losses
                ),
            )),
            Some(_) => line_problem("over_loss_reason", reason),
            None => None,
        }
    }

    fn performance_problems(&self, now: Instant) -> Vec<Problem> {
        let mut problems = Vec::new();
        let performance = self.performance.as_deref().map(str::trim).unwrap_or_default();
        if !self.payments.is_empty() && performance.is_empty() {
            problems.push(Problem::new(
                "performance",
                "missing",
                "请写明履行方式，例如银行转账",
            ));
        }
        problems.extend(line_problem("performance", performance));
        match self.deadline {
            None if !self.payments.is_empty() => {
                problems.push(Problem::new("deadline", "missing", "请写明履行期限"));
            }
            None => {}
            Some(Deadline::Within { days }) if !(1..=DAYS_MAX).contains(&days) => {
                let message = format!("履行期限应在1到{DAYS_MAX}日之间");
                problems.push(Problem::new("deadline.days", "out_of_range", message));
            }
            Some(Deadline::On { date }) if date < now.china_day() => {
                let message = "履行期限不能早于今天";
                problems.push(Problem::new("deadline.date", "in_the_past", message));
            }
            Some(Deadline::On { date }) if (date - now.china_day()).whole_days() > YEARS_MAX * 366 => {
                problems.push(Problem::new("deadline.date", "too_far", "履行期限过远，请核对"));
            }
            Some(_) => {}
        }
        problems
    }

    fn text_problems(&self, parties: &[TermsParty]) -> Vec<Problem> {
        let text = self.text.trim();
        if text.is_empty() {
            return vec![Problem::new("text", "missing", "请写明调解结果")];
        }
        let mut problems = Vec::new();
        if text.chars().count() > TEXT_CHARS_MAX {
            let message = format!("调解结果请不要超过{TEXT_CHARS_MAX}个字");
            problems.push(Problem::new("text", "too_long", message));
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\r') {
            problems.push(Problem::new(
                "text",
                "control_character",
                "请去掉不可见的特殊字符",
            ));
        }
        let named = |party: &&TermsParty| {
            text.contains(&party.side()) || (!party.name.is_empty() && text.contains(&party.name))
        };
        problems.extend(parties.iter().filter(|party| !named(party)).map(|party| {
            let message = format!("调解结果里没有提到{}，请写明各方当事人", party.side());
            Problem::new("text", "party_not_named", message)
        }));
        let amounts = amounts_in(text);
        let missing = |payment: &&AgreedPayment| !amounts.contains(&payment.amount_fen);
        problems.extend(self.payments.iter().filter(missing).map(|payment| {
            let message = format!(
                "调解结果里没有写{}付给{}的{}，请让文字与金额一致",
                super::side(&payment.payer),
                super::side(&payment.payee),
                payment.amount_fen
            );
            Problem::new("text", "amount_not_named", message)
        }));
        problems
    }

    /// 保险法 art. 61: only where 代位求偿 is chosen does a blanket waiver take something away.
    fn waiver_problems(&self, parties: &[TermsParty]) -> Vec<Problem> {
        let Some(party) = parties.iter().find(|party| party.subrogated) else {
            return Vec::new();
        };
        let fields = [
            ("text", Some(self.text.as_str())),
            ("performance", self.performance.as_deref()),
        ];
        let found = fields.into_iter().filter_map(|(field, text)| {
            let phrase = waiver::find(text?)?;
            let message = format!(
                "{}选择了代位求偿，不能写“{phrase}”：放弃权利会使保险公司不再赔付，请删去",
                party.side()
            );
            Some(Problem::new(field, "blanket_waiver", message))
        });
        found.collect()
    }
}

fn line_problem(field: &str, text: &str) -> Option<Problem> {
    if text.chars().count() > LINE_CHARS_MAX {
        let message = format!("请不要超过{LINE_CHARS_MAX}个字");
        return Some(Problem::new(field, "too_long", message));
    }
    text.chars()
        .any(char::is_control)
        .then(|| Problem::new(field, "control_character", "请去掉换行等特殊字符"))
}

/// Every amount of yuan that stands in figures in `text`: `1200`, `1,200.00`, `１２００.5`.
fn amounts_in(text: &str) -> Vec<Fen> {
    let narrow: String = text
        .chars()
        .filter_map(|c| match c {
            '０'..='９' | '．' => char::from_u32(u32::from(c) - 0xfee0),
            ',' | '，' | ' ' | '\u{3000}' => None,
            c => Some(c),
        })
        .collect();
    narrow
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .filter_map(|figure| {
            let (yuan, cents) = figure.split_once('.').unwrap_or((figure, ""));
            let cents = match cents.len() {
                0 => 0,
                1 => cents.parse::<i64>().ok()? * 10,
                2 => cents.parse().ok()?,
                _ => return None,
            };
            yuan.parse::<i64>()
                .ok()?
                .checked_mul(100)?
                .checked_add(cents)
                .map(Fen)
        })
        .collect()
}
