//! The form 道路交通事故认定书（简易程序）, field for field in its official order.

use crate::RenderError;
use crate::document::{FindingDocument, InjuryStatement, Mediation, State};
use crate::flow::{BODY, Flow, PAD};
use crate::form::{Form, Marks, blocks};
use crate::issuer::Issued;
use crate::signatures::{Caption, Signers};

const TITLE_TEXT: &str = "道路交通事故认定书（简易程序）";
/// Every party is at least a row of fields and a signature; a pile-up beyond this is no simple case.
const PARTIES_MAX: usize = 24;

impl Form for FindingDocument {
    fn marks(&self) -> Marks<'_> {
        Marks {
            unit: &self.unit,
            title: TITLE_TEXT,
            number: Some(&self.number),
            revision: self.revision,
            verification_url: self.verification_url.as_deref(),
            digest: &self.digest,
            made_at: &self.made_at,
        }
    }

    fn fill(&self, flow: &mut Flow<'_>, state: State) -> Result<(), RenderError> {
        if self.parties.len() > PARTIES_MAX {
            return Err(RenderError::BadField {
                field: "parties".to_owned(),
                why: "more than 24 parties",
            });
        }
        flow.open_frame();
        blocks::circumstances(flow, &self.occurred_at, &self.weather, &self.place)?;
        for (index, party) in self.parties.iter().enumerate() {
            blocks::party(flow, index, party)?;
        }
        facts_and_liability(flow, self)?;
        let (parties, issued) = (Signers::parties(&self.signatures), self.issued());
        // The signatures, the officer and the seal stand on one page.
        flow.ensure(parties.height(flow)? + issued.height(state));
        parties.draw(flow)?;
        issued.draw(flow, state)?;
        for (index, injury) in self.injuries.iter().enumerate() {
            injury_statement(flow, index, injury)?;
        }
        if let Some(mediation) = &self.mediation {
            mediation_result(flow, mediation)?;
        }
        blocks::small_print(flow, &self.rights, "rights")
    }
}

impl FindingDocument {
    fn issued(&self) -> Issued<'_> {
        Issued {
            unit: &self.unit,
            officer: Some(&self.officer),
            seal: self.seal.as_ref(),
            date: &self.date,
        }
    }
}

fn facts_and_liability(flow: &mut Flow, document: &FindingDocument) -> Result<(), RenderError> {
    flow.section("交通事故事实及责任：")?;
    flow.paragraphs(BODY, &document.facts, "facts")?;
    for (index, paragraph) in document.liability.iter().enumerate() {
        flow.paragraphs(BODY, paragraph, &format!("liability[{index}]"))?;
    }
    flow.y += PAD;
    Ok(())
}

fn injury_statement(flow: &mut Flow, index: usize, injury: &InjuryStatement) -> Result<(), RenderError> {
    let field = format!("injuries[{index}]");
    flow.ensure(2.0 * BODY.leading + 70.0);
    flow.rule();
    flow.y += PAD / 2.0;
    flow.paragraphs(BODY, &injury.text, &format!("{field}.text"))?;
    flow.y += PAD / 2.0;
    let injured = Signers {
        signatures: std::slice::from_ref(&injury.signature),
        field: &format!("{field}.signature"),
        place: "injury",
        first: index + 1,
        act: "伤情声明签名",
        caption: Caption::Party,
    };
    injured.draw(flow)
}

fn mediation_result(flow: &mut Flow, mediation: &Mediation) -> Result<(), RenderError> {
    flow.section("损害赔偿调解结果：")?;
    flow.paragraphs(BODY, &mediation.text, "mediation.text")?;
    flow.y += PAD / 2.0;
    let parties = Signers {
        signatures: &mediation.signatures,
        field: "mediation.signatures",
        place: "mediation",
        first: 1,
        act: "调解结果签名",
        caption: Caption::Party,
    };
    blocks::performance_and_signatures(flow, mediation.performance.as_ref(), &parties)
}
