//! Clearing between insurers: a month's statement, as it stands or frozen, and closing a month.

use std::collections::BTreeMap;

use domain::clearing::{ClosedMonth, Month, Statement};
use domain::fact::{Actor, genesis};
use domain::id::{InsurerCode, UnitId};
use domain::time::Instant;

use super::{App, ByOfficer, Intent, open, tell};
use crate::refusal::{AppError, Kind, Refusal, Result};
use crate::store::clearing::{self, Sum};
use crate::store::units::{self, UnitRow};
use crate::store::{Tx, idempotency};

/// A statement with what freezes it, if anything does.
pub struct Shown {
    pub statement: Statement,
    pub unit: UnitRow,
    pub closed: Option<ClosedMonth>,
    /// The month is over and not closed.
    pub may_close: bool,
}

/// A month of one unit in a list.
pub struct MonthShown {
    pub month: Month,
    pub unit: UnitRow,
    pub closed_at: Option<Instant>,
    pub may_close: bool,
    pub rows: usize,
    pub claims: u64,
    pub moves_fen: i64,
}

impl App {
    /// The unit's months, newest first.
    ///
    /// # Errors
    /// `supervisor_only`.
    pub async fn clearing_months(&self, by: &ByOfficer) -> Result<Vec<MonthShown>> {
        supervisor(by)?;
        let mut tx = self.db.read().await?;
        let sums = clearing::sums(&mut tx, Some(&by.unit), None).await?;
        self.months(&mut tx, Some(&by.unit), sums).await
    }

    /// The months in which this insurer is a side, of every unit, newest first.
    ///
    /// # Errors
    /// Only our own.
    pub async fn insurers_months(&self, insurer: InsurerCode) -> Result<Vec<MonthShown>> {
        let mut tx = self.db.read().await?;
        let sums = clearing::sums(&mut tx, None, Some(insurer)).await?;
        let mut months = self.months(&mut tx, None, sums).await?;
        months.retain(|month| month.claims > 0);
        Ok(months)
    }

    async fn months(&self, tx: &mut Tx, unit: Option<&UnitId>, sums: Vec<Sum>) -> Result<Vec<MonthShown>> {
        let mut shown = Vec::new();
        for row in clearing::months(tx, unit).await? {
            let of_month: Vec<&Sum> = sums
                .iter()
                .filter(|sum| sum.month == row.month && sum.unit == row.unit)
                .collect();
            let mut nets: BTreeMap<(InsurerCode, InsurerCode), i64> = BTreeMap::new();
            for sum in &of_month {
                let (pair, sign) = if sum.debtor < sum.creditor {
                    ((sum.debtor, sum.creditor), 1)
                } else {
                    ((sum.creditor, sum.debtor), -1)
                };
                *nets.entry(pair).or_default() += sign * sum.amount_fen;
            }
            shown.push(MonthShown {
                month: row.month,
                unit: unit_of(tx, &row.unit).await?,
                closed_at: row.closed_at,
                may_close: row.closed_at.is_none() && row.month.is_over(self.clock.now()),
                rows: nets.len(),
                claims: of_month.iter().map(|sum| sum.claims).sum(),
                moves_fen: nets.values().map(|net| net.abs()).sum(),
            });
        }
        Ok(shown)
    }

    /// The unit's statement of one month: frozen once closed, until then as it stands.
    ///
    /// # Errors
    /// `supervisor_only`.
    pub async fn clearing_statement(&self, by: &ByOfficer, month: Month) -> Result<Shown> {
        supervisor(by)?;
        let mut tx = self.db.read().await?;
        self.statement(&mut tx, &by.unit, month).await
    }

    /// The rows of one month in which this insurer is a side; `unit` where several units have some.
    ///
    /// # Errors
    /// `not_found` when there are none; `invalid_fields` naming `unit` when it must be said.
    pub async fn insurers_statement(
        &self,
        insurer: InsurerCode,
        month: Month,
        unit: Option<UnitId>,
    ) -> Result<Shown> {
        let mut tx = self.db.read().await?;
        let sums = clearing::sums(&mut tx, None, Some(insurer)).await?;
        let mut of_month: Vec<UnitId> = sums
            .into_iter()
            .filter(|sum| sum.month == month && unit.as_ref().is_none_or(|unit| *unit == sum.unit))
            .map(|sum| sum.unit)
            .collect();
        of_month.dedup();
        let unit = match of_month.as_slice() {
            [] => return Err(Refusal::not_found().into()),
            [only] => only,
            _ => {
                let message = "这个月有多个大队的清算单，请用 unit 指明哪一个";
                return Err(Refusal::invalid_field("unit", "missing", message).into());
            }
        };
        let shown = self.statement(&mut tx, unit, month).await?;
        Ok(Shown {
            statement: shown.statement.seen_by(insurer),
            may_close: false,
            ..shown
        })
    }

    async fn statement(&self, tx: &mut Tx, unit: &UnitId, month: Month) -> Result<Shown> {
        let closed = clearing::closed(tx, unit, month).await?;
        let statement = match &closed {
            // The chain is the audit's to check; here the frozen bytes are shown.
            Some(closed) => serde_json::from_str(&closed.body)
                .map_err(|error| AppError::Inconsistent(format!("closed month {month}: {error}")))?,
            None => Statement::of(unit.clone(), month, clearing::claims(tx, unit, month).await?),
        };
        Ok(Shown {
            statement,
            unit: unit_of(tx, unit).await?,
            may_close: closed.is_none() && month.is_over(self.clock.now()),
            closed,
        })
    }

    /// 关账: freezes a month that is over and chains it behind the last one. Of two at once, one is told
    /// that it is done.
    ///
    /// # Errors
    /// `supervisor_only`, `month_not_over`, `month_closed`.
    pub async fn close_month(&self, by: &ByOfficer, month: Month, intent: &Intent) -> Result<Shown> {
        supervisor(by)?;
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        if open::claim(&mut tx, Some(intent), self.wall.now())
            .await?
            .is_some()
        {
            drop(tx);
            return self.clearing_statement(by, month).await;
        }
        idempotency::finish(&mut tx, &intent.scope, &intent.key, None, None).await?;
        if !month.is_over(now) {
            return Err(Refusal::conflict("month_not_over", "这个月还没有结束，月底之后才能关账").into());
        }
        if clearing::hold(&mut tx, &by.unit, month).await?.is_some() {
            return Err(already_closed());
        }
        let claims = clearing::claims(&mut tx, &by.unit, month).await?;
        let statement = Statement::of(by.unit.clone(), month, claims);
        let place = clearing::next_place(&mut tx, &by.unit).await?;
        let previous = clearing::last_digest(&mut tx, &by.unit)
            .await?
            .unwrap_or_else(genesis);
        let closed = ClosedMonth::seal(&statement, (place, &previous), Actor::Officer(by.id), now)
            .map_err(|error| AppError::Inconsistent(format!("a statement cannot be written: {error}")))?;
        if !clearing::close(&mut tx, &closed).await? {
            return Err(already_closed());
        }
        let unit = unit_of(&mut tx, &by.unit).await?;
        let told = tell::of_closed_month(&statement, &closed);
        self.write_messages(&mut tx, told, tell::Concerns::nobody(now))
            .await?;
        tx.commit().await?;
        self.live.notify();
        Ok(Shown {
            statement,
            unit,
            closed: Some(closed),
            may_close: false,
        })
    }
}

fn supervisor(by: &ByOfficer) -> Result<()> {
    if by.supervisor {
        return Ok(());
    }
    Err(Refusal::new(
        Kind::Forbidden,
        "supervisor_only",
        "只有值班领导可以查看清算和关账",
    )
    .into())
}

fn already_closed() -> AppError {
    Refusal::conflict("month_closed", "这个月已经关账，不能再次关账").into()
}

async fn unit_of(tx: &mut Tx, unit: &UnitId) -> Result<UnitRow> {
    units::load(tx, unit)
        .await?
        .ok_or_else(|| AppError::Inconsistent(format!("unit {unit} is not in the store")))
}
