//! The form 道路交通事故认定书（简易程序）, field for field in its official order.

use crate::RenderError;
use crate::document::{FindingDocument, Mediation, Party, State};
use crate::draw::{Page, mm};
use crate::flow::{BODY, Flow, PAD, SMALL, TITLE, UNIT, WIDTH};
use crate::fonts::Fonts;
use crate::marks;
use crate::signatures::{self, Signers};
use crate::table::{self, Field};

const TITLE_TEXT: &str = "道路交通事故认定书（简易程序）";
/// Every party is at least a row of fields and a signature; a pile-up beyond this is no simple case.
const PARTIES_MAX: usize = 24;

/// Lays the document out, marks included.
pub fn lay_out(document: &FindingDocument, state: State, fonts: &Fonts) -> Result<Vec<Page>, RenderError> {
    if document.parties.len() > PARTIES_MAX {
        return Err(RenderError::BadField {
            field: "parties".to_owned(),
            why: "more than 24 parties",
        });
    }
    let mut flow = Flow::new(fonts);
    marks::verification(&mut flow, document, state)?;
    head(&mut flow, document)?;
    flow.open_frame();
    circumstances(&mut flow, document)?;
    for (index, party) in document.parties.iter().enumerate() {
        party_block(&mut flow, index, party)?;
    }
    facts_and_liability(&mut flow, document)?;
    signatures::finding(&mut flow, document, state)?;
    for (index, injury) in document.injuries.iter().enumerate() {
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
        };
        injured.draw(&mut flow)?;
    }
    if let Some(mediation) = &document.mediation {
        mediation_result(&mut flow, mediation)?;
    }
    flow.ensure(2.0 * SMALL.leading + PAD);
    flow.rule();
    flow.y += PAD / 2.0;
    flow.paragraphs(SMALL, &document.rights, "rights")?;
    flow.y += PAD / 2.0;
    let mut pages = flow.finish();
    marks::every_page(&mut pages, document, state, fonts)?;
    Ok(pages)
}

fn head(flow: &mut Flow, document: &FindingDocument) -> Result<(), RenderError> {
    flow.centred(UNIT, &document.unit[0], "unit[0]")?;
    flow.centred(UNIT, &document.unit[1], "unit[1]")?;
    flow.y += 2.0;
    flow.centred(TITLE, TITLE_TEXT, "form")?;
    flow.centred(BODY, &format!("第 {} 号", document.number), "number")?;
    flow.y += 7.0;
    Ok(())
}

const LABEL_WIDTH: f32 = mm(20.0);
const WEATHER_WIDTH: f32 = mm(32.0);

fn circumstances(flow: &mut Flow, document: &FindingDocument) -> Result<(), RenderError> {
    let field = |label, value, name: &str, value_width| Field {
        label,
        value: Some(value),
        name: name.to_owned(),
        label_width: LABEL_WIDTH,
        value_width,
    };
    let time_width = WIDTH - 2.0 * LABEL_WIDTH - WEATHER_WIDTH;
    let when = vec![
        field(
            "事故时间",
            document.occurred_at.as_str(),
            "occurred_at",
            time_width,
        ),
        field("天气", document.weather.as_str(), "weather", WEATHER_WIDTH),
    ];
    let place = vec![field(
        "事故地点",
        document.place.as_str(),
        "place",
        WIDTH - LABEL_WIDTH,
    )];
    table::rows(flow, None, &[when, place])
}

const LEAD_WIDTH: f32 = mm(9.0);
const PARTY_LABEL_LEFT: f32 = mm(24.0);
const PARTY_LABEL_RIGHT: f32 = mm(24.0);

fn party_block(flow: &mut Flow, index: usize, party: &Party) -> Result<(), RenderError> {
    let rest = WIDTH - LEAD_WIDTH - PARTY_LABEL_LEFT - PARTY_LABEL_RIGHT;
    let left_width = rest * 0.5;
    let left = |label, value, name: &str| cell(index, label, value, name, PARTY_LABEL_LEFT, left_width);
    let right =
        |label, value, name: &str| cell(index, label, value, name, PARTY_LABEL_RIGHT, rest - left_width);
    let rows = [
        vec![
            left("当事人", &party.name, "name"),
            right(
                "驾驶证或身份\n证件号码",
                &party.document_number,
                "document_number",
            ),
        ],
        vec![
            left("联系电话", &party.phone, "phone"),
            right("交通方式", &party.traffic_mode, "traffic_mode"),
        ],
        vec![
            left("机动车型号/\n号牌种类", &party.vehicle, "vehicle"),
            right("号牌号码", &party.plate, "plate"),
        ],
        vec![
            left("保险公司", &party.insurer, "insurer"),
            right("保险凭证号", &party.policy_number, "policy_number"),
        ],
    ];
    table::rows(flow, Some((&format!("{}\n方", party.label), LEAD_WIDTH)), &rows)
}

fn cell<'t>(
    index: usize,
    label: &'t str,
    value: &'t Option<String>,
    name: &str,
    label_width: f32,
    value_width: f32,
) -> Field<'t> {
    Field {
        label,
        value: value.as_deref(),
        name: format!("parties[{index}].{name}"),
        label_width,
        value_width,
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

/// Two rows of one or two lines.
const PERFORMANCE_HEIGHT: f32 = 64.0;

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
    };
    let places = parties.height(flow)?;
    if let Some(performance) = &mediation.performance {
        // How and until when stands on the page that is signed.
        flow.ensure(places + PERFORMANCE_HEIGHT);
        let rows = [
            performed("履行方式", &performance.how, "performance"),
            performed("履行期限", &performance.until, "deadline"),
        ];
        table::rows(flow, None, &rows)?;
    }
    flow.ensure(places);
    parties.draw(flow)
}

fn performed<'t>(label: &'t str, value: &'t Option<String>, name: &str) -> Vec<Field<'t>> {
    vec![Field {
        label,
        value: value.as_deref(),
        name: format!("mediation.{name}"),
        label_width: LABEL_WIDTH,
        value_width: WIDTH - LABEL_WIDTH,
    }]
}
