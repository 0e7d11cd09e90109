//! What other rules would have made of the accidents that were settled: reads a page at a time, changes nothing.

use domain::accident::Accident;
use domain::deadlines::end_of;
use domain::id::AccidentId;
use domain::rule_pack::RulePacks;
use domain::settlement::{
    Difference, Method, Payment, Plan, SettlementError, SettlementInput, difference, settle,
};
use domain::time::Instant;
use time::{Date, Duration};

use crate::refusal::Result;
use crate::store::{Db, settlements};

/// Accidents read in one go: memory stays the same however many there are.
const PAGE: u32 = 100;

/// A replay under way.
pub struct Replay<'a> {
    db: &'a Db,
    packs: &'a RulePacks,
    since: Date,
    change_no: i64,
}

/// What became of one accident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    pub accident: AccidentId,
    /// Number of the finding.
    pub number: String,
    pub occurred_at: Instant,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// To the fen as recorded.
    Same,
    Otherwise {
        /// Before, after.
        method: (Method, Method),
        difference: Difference,
    },
    /// There is no plan under these rules.
    Unsettled(SettlementError),
}

impl<'a> Replay<'a> {
    /// Of the accidents that happened on `since` (Chinese calendar) or later and have a recorded plan.
    pub fn new(db: &'a Db, packs: &'a RulePacks, since: Date) -> Self {
        Self {
            db,
            packs,
            since,
            change_no: 0,
        }
    }

    /// No accident is settled before it happens: where reading begins.
    fn settled_from(&self) -> Instant {
        let day_before = self.since.saturating_sub(Duration::days(1));
        end_of(day_before).plus(Duration::MICROSECOND)
    }

    /// How many accidents [`Replay::page`] will read in all, those of earlier days among them.
    ///
    /// # Errors
    /// The store's.
    pub async fn count(&self) -> Result<u64> {
        let mut tx = self.db.read().await?;
        Ok(settlements::count_settled(&mut tx, self.settled_from()).await?)
    }

    /// The next accidents, and how many were read for them; `None` at the end.
    ///
    /// # Errors
    /// The store's; a stored row that cannot be read.
    pub async fn page(&mut self) -> Result<Option<(u64, Vec<Replayed>)>> {
        let mut tx = self.db.read().await?;
        let rows =
            settlements::settled::<Accident>(&mut tx, self.settled_from(), self.change_no, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(None) };
        self.change_no = last.change_no;
        let read = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let mut page = Vec::with_capacity(rows.len());
        for row in rows {
            let accident = row.state.0;
            if accident.occurred_at().china_day() >= self.since {
                page.extend(self.replayed(&accident));
            }
        }
        Ok(Some((read, page)))
    }

    /// None while a finding that was taken back is made anew: then nothing is settled.
    fn replayed(&self, accident: &Accident) -> Option<Replayed> {
        let recorded = &accident.settlement()?.plan;
        let outcome = match self.plan(accident) {
            Ok(plan) if same(recorded, &plan) => Outcome::Same,
            Ok(plan) => Outcome::Otherwise {
                method: (recorded.method, plan.method),
                difference: difference(recorded, &plan),
            },
            Err(error) => Outcome::Unsettled(error),
        };
        Some(Replayed {
            accident: accident.id,
            number: accident.finding()?.number.clone(),
            occurred_at: accident.occurred_at(),
            outcome,
        })
    }

    fn plan(&self, accident: &Accident) -> std::result::Result<Plan, SettlementError> {
        let input = SettlementInput::of(accident);
        settle(&input, input.choose_pack(self.packs)?)
    }
}

/// The same money goes the same ways, whatever the sentences say.
fn same(a: &Plan, b: &Plan) -> bool {
    fn way(payment: &Payment) -> impl PartialEq + '_ {
        let Payment {
            head,
            cover,
            holder,
            insurer,
            payee,
            amount,
            ..
        } = payment;
        (head, cover, holder, insurer, payee, amount)
    }
    a.method == b.method
        && a.payments.len() == b.payments.len()
        && a.payments.iter().zip(&b.payments).all(|(a, b)| way(a) == way(b))
}
