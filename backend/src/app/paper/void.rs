//! 作废通知: a finding that was taken back, told to everybody who had it.

use domain::finding::VoidFinding;
use papers::VoidNotice;

use super::name_of;
use super::sheet::Sheet;

const CONSEQUENCES: &str = "原认定书的签名和送达一并失效，请勿再使用原认定书。重新出具的认定书另行编号，由当事人重新签名；申请复核和提起诉讼的期限自新认定书送达之日起计算。";
const COPIES: &str = "本通知送达各方当事人，一份存卷。";

pub fn of(sheet: &Sheet<'_>, void: &VoidFinding) -> VoidNotice {
    let names = sheet.accident.parties.iter().map(name_of);
    VoidNotice {
        head: sheet.head(),
        addressee: names
            .filter(|name| !name.is_empty())
            .collect::<Vec<_>>()
            .join("、"),
        old_number: void.finding.number.clone(),
        old_date: void.finding.issued_at.china_day_text(),
        occurred_at: sheet.occurred_at(),
        place: sheet.place(),
        voided_at: void.voided_at.china_text(),
        reason: void.reason.clone(),
        replacement: None,
        consequences: CONSEQUENCES.to_owned(),
        issuer: sheet.issuer(COPIES),
    }
}
