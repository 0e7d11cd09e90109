//! What insurers are told of a deed: written in its transaction, sent after its commit. Whatever shows in what an
//! insurer pulls is one message to that insurer; who listens where is asked as the message is written.

use std::collections::BTreeMap;

use domain::assessment::Assessment;
use domain::clearing::{ClosedMonth, Statement};
use domain::fact::Actor;
use domain::id::{AccidentId, InsurerCode};
use domain::order::Order;
use domain::time::Instant;
use uuid::Uuid;

use super::{App, Open};
use crate::insurer::assessment_record::AssessmentState;
use crate::insurer::event::{Event, EventData, EventKind};
use crate::insurer::order::OrderStateName;
use crate::insurer::record;
use crate::refusal::{AppError, Result};
use crate::store::Tx;
use crate::store::settlements::{self, Place};
use crate::store::webhooks::deliveries;
use crate::store::webhooks::messages::{self, Listener, MessageRow};

/// One message to one insurer, to be written.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub insurer: String,
    pub kind: EventKind,
    pub data: EventData,
}

/// What messages are about.
#[derive(Clone, Debug)]
pub(super) struct Concerns {
    accident: Option<AccidentId>,
    settlement: Option<Uuid>,
    finding: Option<String>,
    /// When it happened.
    at: Instant,
}

impl Concerns {
    /// No accident.
    pub fn nobody(at: Instant) -> Self {
        Self {
            accident: None,
            settlement: None,
            finding: None,
            at,
        }
    }
}

impl Open {
    /// Once per insurer and thing: what it is told again in the same deed takes the place of what it was told.
    fn tell(&mut self, insurer: &str, kind: EventKind, data: EventData) {
        let known = self
            .told
            .iter_mut()
            .find(|told| told.insurer == insurer && told.data.id == data.id);
        match known {
            Some(told) => told.data = data,
            None => self.told.push(Told {
                insurer: insurer.to_owned(),
                kind,
                data,
            }),
        }
    }

    pub(super) fn tell_of_settlement(&mut self, place: Place, new: bool, insurers: &[String]) {
        let kind = if new {
            EventKind::SettlementCreated
        } else {
            EventKind::SettlementChanged
        };
        for insurer in insurers {
            let url = format!("/api/v1/settlements/{}", place.id);
            self.tell(insurer, kind, data(place.id, url, place.change_no, None));
        }
    }

    /// `before`: as it was last told.
    pub(super) fn tell_of_assessment(
        &mut self,
        now: &Assessment,
        before: Option<&Assessment>,
        (change, insurers): (i64, &[InsurerCode]),
    ) {
        let asks = |assessment: &Assessment, insurer: InsurerCode| {
            let asked = assessment.asked();
            asked.is_some_and(|asked| asked.asks(Actor::Insurer(insurer)))
        };
        let state = AssessmentState::of(&now.state).as_str();
        for insurer in insurers {
            let awaited_before = before.is_some_and(|before| asks(before, *insurer));
            let kind = if asks(now, *insurer) && !awaited_before {
                EventKind::AssessmentAwaiting
            } else {
                EventKind::AssessmentChanged
            };
            let url = format!("/api/v1/assessments/{}", now.id);
            self.tell(insurer.as_str(), kind, data(now.id, url, change, Some(state)));
        }
    }

    pub(super) fn tell_of_order(&mut self, order: &Order, change: i64) {
        let state = OrderStateName::of(&order.state);
        let mut insurers = record::insurers(&self.accident);
        let own = order.insurer.as_str();
        if !insurers.iter().any(|code| code == own) {
            insurers.push(own.to_owned());
        }
        for insurer in insurers {
            let kind = if state == OrderStateName::Due && insurer == own {
                EventKind::PaymentOrderDue
            } else {
                EventKind::PaymentOrderChanged
            };
            let url = format!("/api/v1/payment-orders/{}", order.id);
            self.tell(&insurer, kind, data(order.id, url, change, Some(state.as_str())));
        }
    }

    /// No money rests on a finding that is taken back, so there is no record of it to read: the list is named.
    pub(super) fn tell_of_void(&mut self, number: &str) {
        for insurer in record::insurers(&self.accident) {
            let told = EventData {
                id: number.to_owned(),
                url: format!("/api/v1/settlements/search?q={number}"),
                change: None,
                settlement_id: None,
                finding_number: Some(number.to_owned()),
                state: Some("voided".to_owned()),
            };
            self.tell(&insurer, EventKind::FindingVoided, told);
        }
    }
}

/// Each side of a row of the statement is told.
pub(super) fn of_closed_month(statement: &Statement, closed: &ClosedMonth) -> Vec<Told> {
    let mut sides: Vec<InsurerCode> = statement
        .rows
        .iter()
        .flat_map(|row| [row.first, row.second])
        .collect();
    sides.sort_unstable();
    sides.dedup();
    let (unit, month) = (&closed.unit, closed.month);
    sides
        .into_iter()
        .map(|insurer| Told {
            insurer: insurer.to_string(),
            kind: EventKind::ClearingStatementClosed,
            data: EventData {
                id: format!("{unit}/{month}"),
                url: format!("/api/v1/clearing-statements/{month}?unit={unit}"),
                change: i64::try_from(closed.seq).ok(),
                settlement_id: None,
                finding_number: None,
                state: Some("frozen".to_owned()),
            },
        })
        .collect()
}

/// About an endpoint itself.
pub(super) fn of_endpoint(insurer: &str, kind: EventKind, endpoint: Uuid, state: &str) -> Told {
    Told {
        insurer: insurer.to_owned(),
        kind,
        data: EventData {
            change: None,
            ..data(
                endpoint,
                format!("/api/v1/webhook-endpoints/{endpoint}"),
                0,
                Some(state),
            )
        },
    }
}

fn data(id: impl std::fmt::Display, url: String, change: i64, state: Option<&str>) -> EventData {
    EventData {
        id: id.to_string(),
        url,
        change: Some(change),
        settlement_id: None,
        finding_number: None,
        state: state.map(str::to_owned),
    }
}

impl App {
    /// Before a deed is saved: what it told is written.
    pub(super) async fn keep_messages(&self, open: &mut Open) -> Result<()> {
        let told = std::mem::take(&mut open.told);
        if told.is_empty() {
            return Ok(());
        }
        let accident = &open.accident;
        let concerns = Concerns {
            accident: Some(accident.id),
            settlement: settlements::id_of(&mut open.tx, accident.id).await?,
            finding: accident.latest_finding().map(|finding| finding.number.clone()),
            at: open.now,
        };
        self.write_messages(&mut open.tx, told, concerns).await
    }

    /// Writes messages and puts them on the lists of whoever listens. Late in the transaction: see
    /// [`messages::places`].
    pub(super) async fn write_messages(
        &self,
        tx: &mut Tx,
        told: Vec<Told>,
        concerns: Concerns,
    ) -> Result<()> {
        let mut listeners: BTreeMap<String, Vec<Listener>> = BTreeMap::new();
        for one in self.write_rows(tx, told, concerns).await? {
            if !listeners.contains_key(&one.insurer) {
                let found = messages::listeners(tx, &one.insurer).await?;
                listeners.insert(one.insurer.clone(), found);
            }
            for listener in listeners.get(&one.insurer).into_iter().flatten() {
                if messages::wants(&listener.events.0, &one.kind) {
                    let place = (listener.id, one.seq);
                    deliveries::insert(tx, place, one.accident_id, one.written_at).await?;
                }
            }
        }
        Ok(())
    }

    /// Writes messages that nobody hears yet.
    pub(super) async fn write_rows(
        &self,
        tx: &mut Tx,
        told: Vec<Told>,
        concerns: Concerns,
    ) -> Result<Vec<MessageRow>> {
        let mut rows = Vec::with_capacity(told.len());
        if told.is_empty() {
            return Ok(rows);
        }
        let first = messages::places(tx, told.len()).await?;
        let written_at = self.wall.now();
        for (seq, one) in (first..).zip(told) {
            let event = Event {
                kind: one.kind,
                timestamp: concerns.at,
                data: EventData {
                    settlement_id: concerns.settlement,
                    finding_number: one.data.finding_number.or_else(|| concerns.finding.clone()),
                    ..one.data
                },
            };
            let body = serde_json::to_string(&event)
                .map_err(|error| AppError::Inconsistent(format!("a message cannot be written: {error}")))?;
            let row = MessageRow {
                seq,
                id: self.new_id(),
                insurer: one.insurer,
                kind: one.kind.as_str().to_owned(),
                accident_id: concerns.accident,
                settlement_id: concerns.settlement,
                body,
                written_at,
            };
            messages::insert(tx, &row).await?;
            rows.push(row);
        }
        Ok(rows)
    }
}
