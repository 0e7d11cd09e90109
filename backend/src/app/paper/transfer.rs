//! 移交单: the case as the officers at the scene need it, with the digest of everything that was collected.

use domain::evidence::{Evidence, EvidenceKind, Shot};
use domain::stage::Stage;
use papers::{Collected, TransferSheet};

use super::printed;
use super::sheet::{Sheet, side_and_name};

const COPIES: &str = "本单一式两份，移交单位、接收单位各一份。";

pub fn of(sheet: &Sheet<'_>) -> TransferSheet {
    let accident = sheet.accident;
    let (reason, at) = match &accident.stage {
        Stage::Escalated { escalation } => (escalation.reason.clone(), escalation.at),
        _ => (String::new(), sheet.now),
    };
    let stops = match &accident.stage {
        Stage::Escalated { escalation } => escalation.stops.as_slice(),
        _ => &[],
    };
    let articles = stops
        .iter()
        .map(|stop| format!("{}（{}）", stop.reason, stop.article));
    let reasons = std::iter::once(reason).chain(articles);
    let place = accident.scene.as_ref().and_then(|scene| scene.place.as_ref());
    TransferSheet {
        head: sheet.head(),
        case_number: accident.case_number(),
        to: None,
        reported_at: accident.reported_at.china_text(),
        occurred_at: sheet.occurred_at(),
        weather: sheet.weather(),
        place: sheet.place(),
        coordinates: place.and_then(|place| {
            let (north, east) = (place.latitude?, place.longitude?);
            let around = place.accuracy_m.map(|metres| format!("，误差约{metres:.0}米"));
            let around = around.unwrap_or_default();
            Some(format!("北纬{north:.6}°，东经{east:.6}°（WGS-84）{around}"))
        }),
        reason: reasons
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("\n"),
        parties: accident.parties.iter().map(printed).collect(),
        measures: measures(sheet),
        collected: accident
            .evidence
            .iter()
            .map(|item| collected(sheet, item))
            .collect(),
        handed_over_at: at.china_text(),
        issuer: sheet.issuer(COPIES),
    }
}

fn measures(sheet: &Sheet<'_>) -> String {
    let accident = sheet.accident;
    let mut lines = Vec::new();
    if let Stage::Escalated { escalation } = &accident.stage {
        lines.extend(
            escalation
                .stops
                .iter()
                .map(|stop| format!("已告知：{}", stop.advice)),
        );
    }
    if let Some(evacuation) = &accident.evacuation {
        lines.push(format!("{}通知撤离现场。", evacuation.ordered_at.china_text()));
        let acknowledged = evacuation.acknowledged.iter();
        lines.extend(
            acknowledged
                .filter_map(|party| accident.party(*party).ok())
                .map(|party| format!("{}已确认撤离。", side_and_name(party))),
        );
    }
    lines.join("\n")
}

fn collected(sheet: &Sheet<'_>, item: &Evidence) -> Collected {
    let party = item.party.and_then(|party| sheet.accident.party(party).ok());
    Collected {
        what: what(item).to_owned(),
        by: party.map_or_else(|| "快处席位".to_owned(), side_and_name),
        at: item.taken_at.unwrap_or(item.received_at).china_text(),
        digest: item.sha256.to_string(),
    }
}

/// What a piece of evidence is, in words.
pub fn what(item: &Evidence) -> &'static str {
    match (item.kind, item.shot) {
        (EvidenceKind::Recording, _) => "通话录像片段",
        (_, Some(Shot::Overview)) => "现场全景照片",
        (_, Some(Shot::Impact)) => "碰撞部位照片",
        (_, Some(Shot::Plate)) => "号牌照片",
        (_, Some(Shot::Damage)) => "车损照片",
        (_, Some(Shot::Licence)) => "证件照片",
        (EvidenceKind::Still, _) => "民警要求拍摄的照片",
        (EvidenceKind::Photo, _) => "照片",
    }
}
