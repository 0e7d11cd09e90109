//! 调解记录: who asked for mediation, what was proposed, and how it stands or ended.

use domain::mediation::{Ending, Mediation, side};
use domain::signing::Signing;
use domain::time::Instant;
use papers::{MediationRecord, Participant, Performance, Statement};

use super::name_of;
use super::sheet::{Sheet, side_and_name};

const COPIES: &str = "本记录各方当事人各一份，一份存卷。";

pub fn of(sheet: &Sheet<'_>, mediation: &Mediation, signings: &[Signing]) -> MediationRecord {
    let begun = mediation
        .wishes
        .iter()
        .map(|wish| wish.at)
        .min()
        .unwrap_or(sheet.now);
    let ended = match &mediation.ending {
        Some(Ending::Agreed { at } | Ending::Failed { at, .. }) => *at,
        None => sheet.now,
    };
    let agreed = mediation.proposal.as_ref().filter(|_| mediation.agreed());
    MediationRecord {
        head: sheet.head(),
        finding_number: sheet.case_number(),
        occurred_at: sheet.occurred_at(),
        place: sheet.place(),
        held_at: format!("{}至{}", begun.china_text(), ended.china_text()),
        held_by: "远程视频".to_owned(),
        host: sheet.officer.map_or_else(
            || sheet.unit_name(),
            |officer| format!("{}（警号{}）", officer.name, officer.badge),
        ),
        participants: participants(sheet),
        request: request(sheet, mediation),
        statements: statements(sheet, mediation),
        result: result(mediation),
        performance: agreed.map(|proposal| Performance {
            how: proposal.terms.performance.clone(),
            until: proposal.terms.deadline.map(|deadline| deadline.text()),
        }),
        signatures: sheet.signatures(signings),
        issuer: sheet.issuer(COPIES),
    }
}

fn participants(sheet: &Sheet<'_>) -> Vec<Participant> {
    let parties = sheet.accident.parties.iter().map(|party| Participant {
        name: name_of(party),
        role: format!("{}当事人", side(&party.label)),
        means: "手机视频".to_owned(),
    });
    let guests = sheet
        .accident
        .guests
        .iter()
        .filter(|guest| guest.removed_at.is_none());
    let guests = guests.map(|guest| Participant {
        name: guest.name.clone(),
        role: guest.role.label().to_owned(),
        means: "受邀视频参加".to_owned(),
    });
    parties.chain(guests).collect()
}

fn request(sheet: &Sheet<'_>, mediation: &Mediation) -> String {
    let wish = |wish: &domain::mediation::Wish| {
        let who = sheet.accident.side_of(wish.party);
        let what = if wish.wanted {
            "申请调解"
        } else {
            "不申请调解"
        };
        format!("{}，{who}{what}。", wish.at.china_text())
    };
    mediation.wishes.iter().map(wish).collect::<Vec<_>>().join("\n")
}

fn statements(sheet: &Sheet<'_>, mediation: &Mediation) -> Vec<Statement> {
    let statement = |by: String, at: Instant, text: String| Statement {
        by,
        at: at.china_text(),
        text,
    };
    let objections = sheet.accident.objections.iter().map(|objection| {
        let text = format!("对认定有异议：{}", objection.reason);
        statement(sheet.accident.side_of(objection.party), objection.at, text)
    });
    let bars = mediation.bars.iter().map(|bar| {
        let text = format!("{}：{}", bar.why.label(), bar.note);
        statement(sheet.accident.side_of(bar.party), bar.at, text)
    });
    let proposal = mediation.proposal.as_ref().map(|proposal| {
        let text = format!("提出调解方案：{}", proposal.terms.text.replace('\n', ""));
        statement("主持人".to_owned(), proposal.proposed_at, text)
    });
    let signings = mediation.proposal.iter().flat_map(|proposal| &proposal.signings);
    let answers = signings.filter_map(|signing| {
        let party = sheet.accident.party(signing.party()).ok()?;
        match signing {
            Signing::Signed { signature, .. } => Some(statement(
                side_and_name(party),
                signature.at,
                "同意方案并签名。".to_owned(),
            )),
            Signing::Refused { refusal, .. } => Some(statement(
                side_and_name(party),
                refusal.at,
                format!("拒绝{}：{}", refusal.what.text(), refusal.reason),
            )),
            Signing::Pending { .. } => None,
        }
    });
    objections.chain(bars).chain(proposal).chain(answers).collect()
}

fn result(mediation: &Mediation) -> String {
    match (&mediation.ending, &mediation.proposal) {
        (Some(Ending::Agreed { .. }), Some(proposal)) => {
            format!("各方自愿达成协议：\n{}", proposal.terms.text)
        }
        (Some(Ending::Agreed { .. }), None) => "各方自愿达成协议。".to_owned(),
        (Some(Ending::Failed { reason, .. }), _) => {
            format!("经调解，当事人未达成协议：{}。", reason.trim_end_matches('。'))
        }
        (None, Some(_)) => "调解方案已写入认定书，等待当事人签名。".to_owned(),
        (None, None) => "调解尚未结束。".to_owned(),
    }
}
