//! 结案方式 and 调解方式 held against what happened (forms.md §3): a code says something, so it must be true.

use crate::accident::{Accident, CloseRequest};
use crate::codes::{ClosingCode, MediationKind};
use crate::guest::GuestRole;
use crate::mediation::{BarKind, Ending, Mediation};
use crate::refusal::Problem;

const NOTE_CHARS_MAX: usize = 500;

impl Accident {
    /// Everything wrong with these codes, each with its field.
    pub fn closing_problems(&self, request: &CloseRequest) -> Vec<Problem> {
        let note = request.note.as_deref().map(str::trim).unwrap_or_default();
        let mut problems: Vec<_> = match request.closing {
            ClosingCode::Mediated => self.mediated_problem(request.mediation, note),
            ClosingCode::MediationDeclined | ClosingCode::FindingDisputed | ClosingCode::SignatureRefused => {
                self.barred_problem(request.closing)
            }
        }
        .into_iter()
        .collect();
        if request.closing != ClosingCode::Mediated && request.mediation.is_some() {
            problems.push(Problem::new(
                "mediation_code",
                "not_wanted",
                "只有调解结案才填写调解方式",
            ));
        }
        if note.chars().count() > NOTE_CHARS_MAX {
            let message = format!("备注请不要超过{NOTE_CHARS_MAX}个字");
            problems.push(Problem::new("note", "too_long", message));
        }
        problems
    }

    /// 1 调解结案: by the police only with the agreement on the finding; otherwise with the result in words.
    fn mediated_problem(&self, kind: Option<MediationKind>, note: &str) -> Option<Problem> {
        let agreed = self.mediation.as_ref().is_some_and(Mediation::agreed);
        match kind {
            None => Some(Problem::new(
                "mediation_code",
                "missing",
                "调解结案要选择调解方式",
            )),
            Some(MediationKind::Administrative) if agreed => None,
            Some(MediationKind::Administrative) => Some(Problem::new(
                "mediation_code",
                "not_agreed",
                "各方还没有签署民警主持的调解结果，不能按行政调解结案",
            )),
            Some(MediationKind::PeoplesMediation) if agreed && self.had_mediator() => None,
            Some(_) if agreed => Some(Problem::new(
                "mediation_code",
                "mediated_here",
                "调解结果是民警主持达成的，请选择行政调解",
            )),
            Some(_) if note.is_empty() => Some(Problem::new("note", "missing", "请写明调解或协商的结果")),
            Some(_) => None,
        }
    }

    /// 2, 3 and 4 need the bar they speak of; none of them is true of an agreement.
    fn barred_problem(&self, code: ClosingCode) -> Option<Problem> {
        let mediation = self.mediation.as_ref();
        if mediation.is_some_and(Mediation::agreed) {
            return Some(Problem::new(
                "closing_code",
                "agreed",
                "各方已签署调解结果，请按调解结案",
            ));
        }
        let failed = mediation.is_some_and(|m| matches!(m.ending, Some(Ending::Failed { .. })));
        let barred = self
            .bars()
            .iter()
            .any(|standing| standing.bar.why.closing() == code);
        // Who will not sign the result does not agree to mediation as it came out.
        if barred || (failed && code == BarKind::DoesNotAgree.closing()) {
            return None;
        }
        Some(Problem::new(
            "closing_code",
            "no_bar",
            format!("按“{}”结案，要先注明是哪一方、什么情况", code.label()),
        ))
    }

    fn had_mediator(&self) -> bool {
        self.guests.iter().any(|guest| guest.role == GuestRole::Mediator)
    }
}
