//! The words of an agreement and its figures.

use super::draft::draft;
use super::terms::{AgreedPayment, Deadline, Difference, TermsParty, difference, suggestion};
use super::waiver;
use crate::day;
use crate::money::Fen;
use crate::settlement::{Cover, Head, Method, Payment, Plan, Rule};

fn party(label: &str, subrogated: bool) -> TermsParty {
    TermsParty {
        label: label.to_owned(),
        name: String::new(),
        losses: Fen(100_000),
        subrogated,
    }
}

fn pays(payer: &str, payee: &str, fen: i64) -> AgreedPayment {
    AgreedPayment {
        payer: payer.to_owned(),
        payee: payee.to_owned(),
        amount_fen: Fen(fen),
    }
}

#[test]
fn the_draft_is_in_the_words_of_the_form() {
    let parties = [party("甲", false), party("乙", true)];
    assert_eq!(
        draft(&parties, &[pays("甲", "乙", 123_450)], true),
        "经甲方、乙方共同申请，由交通警察主持调解，当事人自愿达成如下协议：\n\
         一、甲方向乙方支付赔偿款人民币1,234.50元。\n\
         二、应由保险公司赔付的部分，由保险公司按照保险合同赔付。\n\
         三、乙方选择由自己的保险公司先行赔付；保险公司赔付后依法向责任方追偿的权利不受本协议影响。\n\
         四、本协议自各方当事人签名之日起生效。"
    );
    assert_eq!(
        draft(&[party("甲", false), party("当事人11", false)], &[], false),
        "经甲方、当事人11共同申请，由交通警察主持调解，当事人自愿达成如下协议：\n\
         一、当事人之间不另行支付赔偿款。\n二、本协议自各方当事人签名之日起生效。"
    );
}

#[test]
fn no_draft_waives_anything_whatever_it_is_made_of() {
    for subrogated in [false, true] {
        for payments in [vec![], vec![pays("甲", "乙", 1)], vec![pays("甲", "乙", 1); 30]] {
            for insured in [false, true] {
                let text = draft(&[party("甲", false), party("乙", subrogated)], &payments, insured);
                assert_eq!(waiver::find(&text), None, "{text}");
            }
        }
    }
}

#[test]
fn a_deadline_reads_as_on_the_form() {
    let date = day::parse("2026-12-01").unwrap();
    assert_eq!(Deadline::On { date }.text(), "2026年12月01日前");
    assert_eq!(Deadline::Within { days: 7 }.text(), "自签名之日起7日内");
    let json = serde_json::to_string(&Deadline::On { date }).unwrap();
    assert_eq!(json, r#"{"kind":"on","date":"2026-12-01"}"#);
    assert_eq!(
        serde_json::from_str::<Deadline>(&json).unwrap(),
        Deadline::On { date }
    );
}

fn payment(cover: Cover, (holder, payee): (&str, &str), fen: i64, rule: Rule) -> Payment {
    Payment {
        head: Head::Property,
        cover,
        holder: holder.to_owned(),
        insurer: (cover != Cover::Personal).then(|| "PICC".to_owned()),
        payee: payee.to_owned(),
        amount: Fen(fen),
        rule,
        because: String::new(),
    }
}

#[test]
fn the_terms_begin_with_what_the_plan_leaves_to_the_parties() {
    let plan = Plan {
        method: Method::Standard,
        payments: vec![
            payment(Cover::Ctp, ("甲", "乙"), 200_000, Rule::Standard),
            payment(Cover::Personal, ("甲", "乙"), 30_000, Rule::Personal),
            payment(Cover::Personal, ("甲", "乙"), 5_000, Rule::Uninsured),
            payment(Cover::Personal, ("甲", "路灯管理所"), 7_000, Rule::Personal),
            payment(Cover::Personal, ("乙", "乙"), 9_000, Rule::Own),
        ],
        rule_pack: String::new(),
        losses: Fen(0),
        paid: Fen(0),
        warnings: Vec::new(),
    };
    let planned = suggestion(&plan, &[party("甲", false), party("乙", false)]);
    assert_eq!(planned, [pays("甲", "乙", 35_000)]);
    let pair = |payer: &str, payee: &str, planned, agreed| Difference {
        payer: payer.to_owned(),
        payee: payee.to_owned(),
        planned_fen: Fen(planned),
        agreed_fen: Fen(agreed),
    };
    let agreed = [pays("甲", "乙", 40_000), pays("乙", "甲", 100)];
    assert_eq!(
        difference(&planned, &agreed),
        [pair("甲", "乙", 35_000, 40_000), pair("乙", "甲", 0, 100)]
    );
    assert_eq!(difference(&planned, &[]), [pair("甲", "乙", 35_000, 0)]);
}
