//! `GET /catalogue`: the lists that every face offers: situations, codes, insurers, consent texts.

use std::borrow::Cow;

use axum::extract::State;
use domain::catalogue::{self, FormOption, StatuteRef};
use domain::codes::{
    AccidentForm, ClosingCode, CollisionForm, ContactPart, MediationKind, PlateKind, RoadType, TransportMode,
    Weather, insurers,
};
use domain::party::ConsentKind;
use domain::rule_pack::NoPack;
use domain::signing::circumstances;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Query};
use crate::app::App;
use crate::insurer::record::NamedInsurer;
use crate::refusal::{AppError, Refusal, Result};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogueView {
    situations: Vec<SituationView>,
    codes: CodeLists,
    insurers: Vec<NamedInsurer>,
    consents: Vec<ConsentText>,
    /// What a party declares by signing; stands beside the pad.
    signing: SigningText,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SituationView {
    code: String,
    label: String,
    form: String,
    /// Each in words: 《…》第四十三条.
    statutes: Vec<String>,
    /// The clause it puts into the finding.
    template: String,
    /// It ends remote handling.
    leaves_remote: bool,
    note: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CodeLists {
    weather: Vec<CodeItem>,
    accident_form: Vec<CodeItem>,
    collision: Vec<CodeItem>,
    road_type: Vec<CodeItem>,
    traffic_mode: Vec<CodeItem>,
    plate_kind: Vec<CodeItem>,
    contact_part: Vec<CodeItem>,
    closing: Vec<CodeItem>,
    mediation: Vec<CodeItem>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CodeItem {
    code: String,
    label: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentText {
    kind: ConsentKind,
    version: String,
    text: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SigningText {
    version: &'static str,
    text: &'static str,
}

macro_rules! items {
    ($list:ident) => {
        $list::ALL
            .iter()
            .map(|item| CodeItem {
                code: item.code().to_owned(),
                label: item.label().to_owned(),
            })
            .collect()
    };
}

/// Whose situations; left out: all there are.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// GB/T 2260 code of the district: `330681`.
    region: Option<String>,
    /// The time of the accident; now when left out.
    at: Option<Instant>,
}

/// `GET /catalogue`: the lists that every face offers; with a region, only the situations that it accepts.
#[utoipa::path(get, path = "/catalogue", tag = "catalogue", params(Of),
    responses((status = 200, body = CatalogueView)))]
async fn read(State(app): State<App>, Query(of): Query<Of>) -> Result<Json<CatalogueView>> {
    let broken = |error: domain::data::BadData| AppError::Inconsistent(error.to_string());
    let mut all = Cow::Borrowed(catalogue::built_in().map_err(broken)?);
    if let Some(region) = &of.region {
        let at = of.at.unwrap_or_else(|| app.clock.now());
        let pack = app.rules.choose(region, at).map_err(|error| {
            let (field, code, message) = match error {
                NoPack::Region => (
                    "region",
                    "region_unknown",
                    "地区应为六位行政区划代码，例如330681。",
                ),
                NoPack::TooEarly => ("at", "no_rule_pack", "该时间早于已收录的规则。"),
            };
            Refusal::invalid_field(field, code, message)
        })?;
        all = Cow::Owned(all.under(pack));
    }
    Ok(Json(CatalogueView {
        situations: all.situations().iter().map(situation).collect(),
        codes: CodeLists {
            weather: items!(Weather),
            accident_form: items!(AccidentForm),
            collision: items!(CollisionForm),
            road_type: items!(RoadType),
            traffic_mode: items!(TransportMode),
            plate_kind: items!(PlateKind),
            contact_part: items!(ContactPart),
            closing: items!(ClosingCode),
            mediation: items!(MediationKind),
        },
        insurers: insurers()
            .map_err(broken)?
            .iter()
            .map(|insurer| NamedInsurer::of(&insurer.code))
            .collect(),
        consents: ConsentKind::ALL
            .iter()
            .map(|kind| ConsentText {
                kind: *kind,
                version: ConsentKind::TEXT_VERSION.to_owned(),
                text: kind.text().to_owned(),
            })
            .collect(),
        signing: SigningText {
            version: circumstances::CONSENT_VERSION,
            text: circumstances::CONSENT_TEXT,
        },
    }))
}

fn situation(row: &catalogue::Situation) -> SituationView {
    let form: FormOption = row.form_option;
    SituationView {
        code: row.code.clone(),
        label: row.label.clone(),
        form: form.label().to_owned(),
        statutes: row.statutes.iter().map(StatuteRef::text).collect(),
        template: row.fact_text.clone(),
        leaves_remote: row.leaves_remote,
        note: row.note.clone(),
    }
}
