//! Blocks that several forms share: circumstances, a party's fields, titled texts, the issuer at the end.

use crate::RenderError;
use crate::document::{Party, Performance, State};
use crate::draw::{at, mm};
use crate::flow::{BODY, Flow, LEFT, LETTER, PAD, SMALL, Style, WIDTH};
use crate::form::{Head, Issuer};
use crate::grid::Grid;
use crate::issuer::Issued;
use crate::signatures::Signers;
use crate::table::{self, Field, Value};
use crate::text;

pub const LABEL_WIDTH: f32 = mm(20.0);
const WEATHER_WIDTH: f32 = mm(32.0);

/// When, in what weather, and where.
pub fn circumstances(flow: &mut Flow, at: &str, weather: &str, place: &str) -> Result<(), RenderError> {
    let time_width = WIDTH - 2.0 * LABEL_WIDTH - WEATHER_WIDTH;
    let when = vec![
        Field::new("事故时间", at, "occurred_at", (LABEL_WIDTH, time_width)),
        Field::new("天气", weather, "weather", (LABEL_WIDTH, WEATHER_WIDTH)),
    ];
    table::rows(flow, &[when, vec![across("事故地点", place, "place")]])
}

/// A field over the whole width.
pub fn across<'t>(label: &'t str, value: impl Into<Value<'t>>, name: impl Into<String>) -> Field<'t> {
    Field::new(label, value, name, (LABEL_WIDTH, WIDTH - LABEL_WIDTH))
}

/// Two fields beside each other, each half of what the lead leaves.
pub fn pair<'t>(
    left: (&'t str, impl Into<Value<'t>>, String),
    right: (&'t str, impl Into<Value<'t>>, String),
    lead: f32,
    label_width: f32,
) -> Vec<Field<'t>> {
    let widths = (label_width, (WIDTH - lead) / 2.0 - label_width);
    vec![
        Field::new(left.0, left.1, left.2, widths),
        Field::new(right.0, right.1, right.2, widths),
    ]
}

pub const LEAD_WIDTH: f32 = mm(9.0);
pub const PARTY_LABEL: f32 = mm(24.0);

/// A party's fields as the finding asks for them, with 甲方 before them all.
pub fn party(flow: &mut Flow, index: usize, party: &Party) -> Result<(), RenderError> {
    let name = |name: &str| format!("parties[{index}].{name}");
    let row = |left: (&'static str, &'static str), right: (&'static str, &'static str)| {
        let of = |field: &str| match field {
            "name" => &party.name,
            "document_number" => &party.document_number,
            "phone" => &party.phone,
            "traffic_mode" => &party.traffic_mode,
            "vehicle" => &party.vehicle,
            "plate" => &party.plate,
            "insurer" => &party.insurer,
            _ => &party.policy_number,
        };
        pair(
            (left.0, of(left.1), name(left.1)),
            (right.0, of(right.1), name(right.1)),
            LEAD_WIDTH,
            PARTY_LABEL,
        )
    };
    let rows = [
        row(("当事人", "name"), ("驾驶证或身份\n证件号码", "document_number")),
        row(("联系电话", "phone"), ("交通方式", "traffic_mode")),
        row(("机动车型号/\n号牌种类", "vehicle"), ("号牌号码", "plate")),
        row(("保险公司", "insurer"), ("保险凭证号", "policy_number")),
    ];
    table::block(flow, Some((&format!("{}\n方", party.label), LEAD_WIDTH)), &rows)
}

/// Two rows of one or two lines.
const PERFORMANCE_HEIGHT: f32 = 64.0;

/// How and until when a result is performed stands on the page that is signed.
pub fn performance_and_signatures(
    flow: &mut Flow,
    performance: Option<&Performance>,
    parties: &Signers,
) -> Result<(), RenderError> {
    flow.y += PAD / 2.0;
    let places = parties.height(flow)?;
    if let Some(performance) = performance {
        flow.ensure(places + PERFORMANCE_HEIGHT);
        let rows = [
            vec![across("履行方式", &performance.how, "mediation.performance")],
            vec![across("履行期限", &performance.until, "mediation.deadline")],
        ];
        table::rows(flow, &rows)?;
    }
    flow.ensure(places);
    parties.draw(flow)
}

/// A titled text inside the frame; an empty text is struck out with a dash.
pub fn titled(flow: &mut Flow, title: &str, text: &str, field: &str) -> Result<(), RenderError> {
    flow.section(title)?;
    let text = if text.trim().is_empty() { "—" } else { text };
    flow.paragraphs(BODY, text, field)?;
    flow.y += PAD / 2.0;
    Ok(())
}

/// Whom a letter is for: flush left, with a colon.
pub fn addressee(flow: &mut Flow, name: &str, field: &str) -> Result<(), RenderError> {
    for line in flow.lines(LETTER, &format!("{name}："), WIDTH - 2.0 * PAD, field)? {
        flow.put(LETTER, at(LEFT + PAD, flow.y), line);
        flow.y += LETTER.leading;
    }
    Ok(())
}

/// The heading of a part of a letter.
pub fn heading(flow: &mut Flow, title: &str) -> Result<(), RenderError> {
    flow.ensure(HEADING.leading + 3.0 * LETTER.leading);
    flow.y += PAD / 2.0;
    let glyphs = flow.glyphs(HEADING, title, "form")?;
    flow.put(HEADING, at(LEFT + PAD, flow.y), text::plain(&glyphs));
    flow.y += HEADING.leading;
    Ok(())
}

const HEADING: Style = Style {
    size: 11.0,
    leading: 20.0,
    ..crate::flow::SECTION
};

/// The officer's line, seal and day, and how many copies there are.
pub fn issuer(flow: &mut Flow, head: &Head, issuer: &Issuer, state: State) -> Result<(), RenderError> {
    let issued = Issued {
        unit: &head.unit,
        officer: issuer.officer.as_ref(),
        seal: issuer.seal.as_ref(),
        date: &issuer.date,
    };
    issued.draw(flow, state)?;
    copies(flow, &issuer.copies)
}

pub fn copies(flow: &mut Flow, copies: &str) -> Result<(), RenderError> {
    small_print(flow, copies, "copies")
}

/// Rights and notes in small letters, ruled off from what stands above.
pub fn small_print(flow: &mut Flow, text: &str, field: &str) -> Result<(), RenderError> {
    if text.trim().is_empty() {
        return Ok(());
    }
    flow.ensure(2.0 * SMALL.leading + PAD);
    if flow.is_framed() {
        flow.rule();
    }
    flow.y += PAD / 2.0;
    flow.paragraphs(SMALL, text, field)?;
    flow.y += PAD / 2.0;
    Ok(())
}

/// The table, or a dash where there is nothing to put into it.
pub fn grid_or_dash(flow: &mut Flow, grid: &Grid) -> Result<(), RenderError> {
    if grid.rows.is_empty() {
        flow.paragraphs(BODY, "—", "form")?;
        flow.y += PAD / 2.0;
        return Ok(());
    }
    grid.draw(flow)?;
    if !flow.is_framed() {
        flow.y += PAD / 2.0;
    }
    Ok(())
}
