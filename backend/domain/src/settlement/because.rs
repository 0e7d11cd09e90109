//! Why a payment is made, in one sentence that the driver at the roadside understands.
//!
//! It is told what was computed ([`Why`]) and computes nothing itself. Labels are anybody's free text: a label never
//! stands directly before a figure, and a control character in one never breaks the line.

use Piece::{Insurer, Name, Percent, T, Yuan};

use super::{Head, Rule};
use crate::codes::insurer_name;
use crate::money::Fen;

/// The ground of one payment, with the figures that its sentence names.
#[derive(Clone, Copy)]
pub(super) enum Why {
    SelfPay,
    Advance,
    /// 交强险 for somebody else, at fault or not.
    Compulsory {
        at_fault: bool,
        limit: Fen,
        reach: Reach,
    },
    Uninsured,
    ThirdParty {
        share: i64,
        deductible: u8,
        /// The limit over the whole accident, when this payment used up the last of it.
        used_up: Option<Fen>,
    },
    OwnDamage {
        share: i64,
        deductible: u8,
        motor: bool,
    },
    /// What a party pays to another from its own purse.
    Personal {
        share: i64,
        gap: Gap,
    },
    /// The victim's own part, borne by itself; `deductible` when 车损险 paid the rest of it.
    Own {
        share: i64,
        deductible: Option<u8>,
        uninsured: bool,
    },
    Borne,
}

/// How far a compulsory policy's limit went.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Within,
    /// All of it went to one victim.
    Full,
    /// Shared among several victims in proportion.
    ProRata,
    /// This much was topped up in the second round, from what the limit had left.
    ToppedUp(Fen),
}

/// Why no commercial cover pays it.
#[derive(Clone, Copy)]
pub(super) enum Gap {
    /// Not a motor vehicle: there is no 三者险 to have.
    NoVehicle,
    NoCover,
    Deductible {
        percent: u8,
    },
    OverLimit {
        limit: Fen,
    },
    Both {
        percent: u8,
        deductible: Fen,
        over: Fen,
        limit: Fen,
    },
}

impl Why {
    pub(super) const fn rule(self) -> Rule {
        match self {
            Self::SelfPay => Rule::SelfPay,
            Self::Advance => Rule::Advance,
            Self::Compulsory { at_fault: true, .. } => Rule::Standard,
            Self::Compulsory { at_fault: false, .. } => Rule::NoFault,
            Self::Uninsured => Rule::Uninsured,
            Self::ThirdParty { .. } => Rule::ThirdParty,
            Self::OwnDamage { .. } => Rule::OwnDamage,
            Self::Personal { .. } => Rule::Personal,
            Self::Own { .. } => Rule::Own,
            Self::Borne => Rule::Borne,
        }
    }
}

/// Who pays whom how much, as the sentence names them.
pub(super) struct Told<'a> {
    pub why: Why,
    pub head: Head,
    pub holder: &'a str,
    pub payee: &'a str,
    pub insurer: Option<&'a str>,
    pub amount: Fen,
}

/// A sentence is put together from these; no formatting machinery, because a plan is mostly sentences.
#[derive(Clone, Copy)]
enum Piece<'a> {
    T(&'a str),
    Name(&'a str),
    Yuan(Fen),
    Percent(i64),
    /// （人保财险）; nothing when there is none.
    Insurer(Option<&'a str>),
}

#[rustfmt::skip]
pub(super) fn sentence(told: &Told<'_>) -> String {
    let (holder, payee) = (Name(told.holder), Name(told.payee));
    let (amount, head, insurer) = (Yuan(told.amount), T(told.head.label()), Insurer(told.insurer));
    match told.why {
        Why::SelfPay => said(&[
            T("各方同意互碰自赔，"), holder, T("的损失"), amount, T("由"), holder, T("自己的交强险"), insurer, T("赔付。"),
        ], &[]),
        Why::Advance => said(&[
            holder, T("的损失中有"), amount, T("本应由无责一方的交强险赔付，现由"), holder, T("自己的交强险"), insurer,
            T("先行代付，"), holder, T("不用向对方要。"),
        ], &[]),
        Why::Compulsory { at_fault, limit, reach } => compulsory(told, at_fault, limit, reach),
        Why::Uninsured => said(&[
            holder, T("没有有效的交强险，本应由交强险赔付的"), payee, T("的"), head, amount, T("由"), holder,
            T("的车主自己支付。"),
        ], &[]),
        Why::ThirdParty { share, deductible, used_up } => third_party(told, share, deductible, used_up),
        Why::OwnDamage { share, deductible, motor } => {
            let cover = if motor { "的车损险" } else { "自己投保的财产损失保险" };
            let percent = Percent(i64::from(deductible));
            let deducted = [T("（已扣除"), percent, T("的绝对免赔）。")];
            said(&[
                T("交强险之外，"), holder, T("自己的"), head, T("按"), Percent(share), T("的责任由自己承担，其中"),
                amount, T("由"), holder, T(cover), insurer, T("支付"),
            ], if deductible > 0 { &deducted } else { &[T("。")] })
        }
        Why::Personal { share, gap } => personal(told, share, gap),
        Why::Own { share, deductible, uninsured } => own(told, share, deductible, uninsured),
        Why::Borne => said(&[
            T("各方都没有责任，交强险之外的"), head, amount, T("由"), holder, T("自己承担。"),
        ], &[]),
    }
}

#[rustfmt::skip]
fn compulsory(told: &Told<'_>, at_fault: bool, limit: Fen, reach: Reach) -> String {
    let (holder, payee) = (Name(told.holder), Name(told.payee));
    let (amount, head) = (Yuan(told.amount), T(told.head.label()));
    let (stands, no_fault, limit) = if at_fault {
        (T("在事故中有责任，其交强险"), T(""), Yuan(limit))
    } else {
        (T("虽然没有责任，其交强险"), T("无责"), Yuan(limit))
    };
    let whose = [holder, stands, Insurer(told.insurer)];
    let rest: &[Piece<'_>] = match reach {
        Reach::Within => &[
            T("在"), no_fault, head, T("限额"), limit, T("内赔付"), payee, T("的损失"), amount, T("。"),
        ],
        Reach::Full => &[
            T("赔付"), payee, T("的"), head, amount, T("，已经赔满"), no_fault, T("限额。"),
        ],
        Reach::ProRata => &[
            T("要赔的"), head, T("合计超过"), no_fault, T("限额"), limit, T("，只能按比例分给各受损方，"), payee,
            T("分到"), amount, T("。"),
        ],
        Reach::ToppedUp(more) if more == told.amount => &[
            T("用"), no_fault, head, T("限额"), limit, T("的余额，补上别的交强险限额不够赔的"), payee, T("的损失"),
            amount, T("。"),
        ],
        Reach::ToppedUp(more) => &[
            T("在"), no_fault, head, T("限额"), limit, T("内赔付"), payee, T("的损失"), amount, T("，其中"),
            Yuan(more), T("是用限额的余额补上别的交强险不够赔的部分。"),
        ],
    };
    said(&whose, rest)
}

#[rustfmt::skip]
fn third_party(told: &Told<'_>, share: i64, deductible: u8, used_up: Option<Fen>) -> String {
    let (holder, payee, head) = (Name(told.holder), Name(told.payee), T(told.head.label()));
    let base = [
        T("交强险之外，"), payee, T("的"), head, T("由"), holder, T("按"), Percent(share), T("的责任赔偿，其中"),
        Yuan(told.amount), T("由"), holder, T("的三者险"), Insurer(told.insurer), T("支付"),
    ];
    let percent = Percent(i64::from(deductible));
    let rest: &[Piece<'_>] = match (deductible > 0, used_up) {
        (false, None) => &[T("。")],
        (true, None) => &[T("（已扣除"), percent, T("的绝对免赔）。")],
        (false, Some(limit)) => &[T("（三者险限额"), Yuan(limit), T("到此用完）。")],
        (true, Some(limit)) => &[
            T("（已扣除"), percent, T("的绝对免赔，三者险限额"), Yuan(limit), T("到此用完）。"),
        ],
    };
    said(&base, rest)
}

#[rustfmt::skip]
fn personal(told: &Told<'_>, share: i64, gap: Gap) -> String {
    let holder = Name(told.holder);
    let base = [
        holder, T("按"), Percent(share), T("的责任应赔付"), Name(told.payee), T("的"), T(told.head.label()), T("中，"),
    ];
    let amount = Yuan(told.amount);
    let rest: &[Piece<'_>] = match gap {
        Gap::NoVehicle => &[T("有"), amount, T("由"), holder, T("自己支付。")],
        Gap::NoCover => &[T("有"), amount, T("因没有投保三者险，由"), holder, T("自己支付。")],
        Gap::Deductible { percent } => &[
            T("有"), amount, T("是三者险"), Percent(i64::from(percent)), T("的绝对免赔，由"), holder, T("自己支付。"),
        ],
        Gap::OverLimit { limit } => &[
            T("有"), amount, T("超出了三者险在本次事故中的限额"), Yuan(limit), T("，由"), holder, T("自己支付。"),
        ],
        Gap::Both { percent, deductible, over, limit } => &[
            T("有"), amount, T("由"), holder, T("自己支付：三者险"), Percent(i64::from(percent)), T("的绝对免赔"),
            Yuan(deductible), T("，超出三者险在本次事故中的限额"), Yuan(limit), T("的"), Yuan(over), T("。"),
        ],
    };
    said(&base, rest)
}

#[rustfmt::skip]
fn own(told: &Told<'_>, share: i64, deductible: Option<u8>, uninsured: bool) -> String {
    let holder = Name(told.holder);
    let base = [holder, T("自己的"), T(told.head.label()), T("中，有"), Yuan(told.amount)];
    let rest: &[Piece<'_>] = match deductible {
        Some(percent) => &[
            T("是车损险"), Percent(i64::from(percent)), T("的绝对免赔，由"), holder, T("自己承担。"),
        ],
        None if uninsured => &[
            T("按"), Percent(share), T("的责任应由"), holder, T("自己承担，因没有投保车损险，不能由保险赔付。"),
        ],
        None => &[T("按"), Percent(share), T("的责任由"), holder, T("自己承担。")],
    };
    said(&base, rest)
}

fn said(first: &[Piece<'_>], rest: &[Piece<'_>]) -> String {
    // Nearly every sentence is shorter than this, so it grows once at most.
    let mut text = String::with_capacity(256);
    for piece in first.iter().chain(rest) {
        match *piece {
            T(words) => text.push_str(words),
            Name(name) => push_name(&mut text, name),
            Yuan(amount) => push_yuan(&mut text, amount),
            Percent(percent) => {
                push_digits(&mut text, percent.unsigned_abs(), false);
                text.push('%');
            }
            Insurer(Some(code)) => {
                text.push('（');
                push_name(&mut text, insurer_name(code));
                text.push('）');
            }
            Insurer(None) => {}
        }
    }
    text
}

/// A name as it can stand in a line.
fn push_name(text: &mut String, name: &str) {
    if name
        .bytes()
        .all(|byte| byte >= b' ' && byte != 0x7f && byte != 0xc2)
    {
        text.push_str(name);
    } else {
        text.extend(name.chars().map(|c| if c.is_control() { ' ' } else { c }));
    }
}

/// `1,500.00元`: closer than the document form, for running text.
fn push_yuan(text: &mut String, amount: Fen) {
    let fen = amount.0.unsigned_abs();
    if amount.is_negative() {
        text.push('-');
    }
    push_digits(text, fen / 100, true);
    text.push('.');
    for digit in [fen / 10 % 10, fen % 10] {
        text.push(digit_of(digit));
    }
    text.push('元');
}

fn push_digits(text: &mut String, number: u64, grouped: bool) {
    let mut digits = ['0'; 20];
    let (mut rest, mut count) = (number, 0);
    for place in &mut digits {
        *place = digit_of(rest % 10);
        rest /= 10;
        count += 1;
        if rest == 0 {
            break;
        }
    }
    for at in (0..count).rev() {
        text.push(digits[at]);
        if grouped && at > 0 && at.is_multiple_of(3) {
            text.push(',');
        }
    }
}

fn digit_of(digit: u64) -> char {
    char::from(b'0' + u8::try_from(digit % 10).unwrap_or_default())
}

pub(super) fn yuan(amount: Fen) -> String {
    said(&[Yuan(amount)], &[])
}

/// A label as a warning names it.
pub(super) fn shown(label: &str) -> String {
    said(&[Name(label)], &[])
}

#[rustfmt::skip]
pub(super) fn limit_too_small(label: &str, limit: Fen) -> String {
    said(&[
        Name(label), T("的三者险限额"), Yuan(limit), T("不够赔付，超出的部分由"), Name(label), T("自己支付。"),
    ], &[])
}
