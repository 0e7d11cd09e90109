//! Older gateways: the record is looked up as the insurer may see it, and the gateway's file says the rest.

use domain::id::InsurerCode;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Parcel, Unshaped, standard};
use crate::app::App;
use crate::insurer::assessment::Sheet;
use crate::insurer::gateway::Gateway;
use crate::insurer::gateway::answer::Verdict;
use crate::insurer::order::OrderRecord;
use crate::insurer::record::Record;
use crate::outbound::{Answer, Outgoing};
use crate::store::{Tx, assessments, orders, settlements};

/// What such a format begins with; the gateway's name follows.
pub const PREFIX: &str = "gateway:";

/// The gateway that a format names, when there is one.
pub fn of<'a>(app: &'a App, format: &str) -> Option<&'a Gateway> {
    app.config.gateways.get(format.strip_prefix(PREFIX)?)
}

/// Only a gateway that is set up, and only events it has a message for; it cannot be told of everything unseen.
pub(super) fn misfit(app: &App, format: &str, events: &[String]) -> Option<(String, &'static str, String)> {
    let Some(gateway) = of(app, format) else {
        let message = "没有这种推送格式，请填 standard 或已开通的 gateway:名称".to_owned();
        return Some(("format".to_owned(), "unknown", message));
    };
    let known: Vec<&str> = gateway.events().collect();
    if events.is_empty() {
        let message = format!("请写明通知种类，此网关支持：{}", known.join("、"));
        return Some(("events".to_owned(), "missing", message));
    }
    let place = events.iter().position(|event| !known.contains(&event.as_str()))?;
    let message = format!("此网关不支持这种通知，支持的有：{}", known.join("、"));
    Some((format!("events[{place}]"), "not_in_format", message))
}

/// # Errors
/// A gateway that is gone, a record that is, a field that cannot be written.
pub async fn shape(app: &App, parcel: &Parcel<'_>) -> Result<Outgoing, Unshaped> {
    let format = &parcel.endpoint.format;
    let gateway = of(app, format).ok_or_else(|| Unshaped(format!("there is no format {format}")))?;
    let told = told(app, gateway, parcel).await?;
    let id = standard::message_id(parcel.message.id);
    let written = gateway
        .write(&parcel.message.kind, told, (&id, parcel.sent_at))
        .map_err(|error| Unshaped(error.to_string()))?;
    Ok(Outgoing {
        url: parcel.endpoint.url.clone(),
        content_type: written.content_type.to_owned(),
        headers: written.headers,
        body: written.body.into(),
    })
}

/// What the answer means there.
pub fn judge(gateway: &Gateway, answer: &Answer) -> Verdict {
    gateway.answer.judge(answer.status.as_u16(), &answer.body)
}

/// What the gateway's file reads for this message; nothing else is looked up.
async fn told(app: &App, gateway: &Gateway, parcel: &Parcel<'_>) -> Result<Map<String, Value>, Unshaped> {
    let broken = |error: &dyn std::fmt::Display| Unshaped(error.to_string());
    let message = parcel.message;
    let event: Value = serde_json::from_str(&message.body).map_err(|error| broken(&error))?;
    let of_event = |place: &str| event.pointer(place).and_then(Value::as_str).map(str::to_owned);
    let insurer: InsurerCode = message.insurer.parse().map_err(|_| broken(&"no insurer"))?;
    let mut told = Map::new();
    let mut tx = app.db.read().await.map_err(|error| broken(&error))?;
    if let (true, Some(id)) = (gateway.reads(&message.kind, "settlement"), message.settlement_id) {
        let seen = settlement(&mut tx, &message.insurer, id).await?;
        told.insert("settlement".to_owned(), seen);
    }
    let id = of_event("/data/id");
    if let (true, Some(Ok(id))) = (
        gateway.reads(&message.kind, "order"),
        id.as_deref().map(str::parse),
    ) {
        let row = orders::load::<OrderRecord>(&mut tx, insurer, id).await;
        let row = row.map_err(|error| broken(&error))?.ok_or_else(gone)?;
        told.insert(
            "order".to_owned(),
            json(&row.body.0.seen_by(insurer, row.change_no))?,
        );
    }
    if let (true, Some(Ok(id))) = (
        gateway.reads(&message.kind, "assessment"),
        id.as_deref().map(str::parse),
    ) {
        let row = assessments::load::<Sheet>(&mut tx, insurer, id).await;
        let row = row.map_err(|error| broken(&error))?.ok_or_else(gone)?;
        told.insert(
            "assessment".to_owned(),
            json(&row.body.0.seen_by(insurer, row.change_no))?,
        );
    }
    told.insert("event".to_owned(), event);
    Ok(told)
}

async fn settlement(tx: &mut Tx, insurer: &str, id: Uuid) -> Result<Value, Unshaped> {
    let row = settlements::load::<Record>(tx, insurer, id).await;
    let row = row
        .map_err(|error| Unshaped(error.to_string()))?
        .ok_or_else(gone)?;
    json(&row.body.0.seen_by(insurer, (row.id.to_string(), row.change_no)))
}

fn gone() -> Unshaped {
    Unshaped("what it is about is not there any more".to_owned())
}

fn json(seen: &impl Serialize) -> Result<Value, Unshaped> {
    serde_json::to_value(seen).map_err(|error| Unshaped(error.to_string()))
}
