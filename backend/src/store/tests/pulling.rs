//! Ten thousand records pulled by cursor while they are made and changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinSet;

use super::*;
use crate::on_both;
use crate::store::documents::DocumentRow;
use crate::store::settlements::{NewSettlement, SettlementRow};
use crate::store::{documents, settlements};

const RECORDS: u64 = 10_000;
const WRITERS: u64 = 8;
/// Puts of one transaction.
const TOGETHER: u64 = 20;
const READERS: usize = 3;
const PAGE: u32 = 150;

/// Chance that is the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

async fn put(tx: &mut Tx, n: u64, version: u64) -> i64 {
    let new = NewSettlement {
        id: Uuid::from_u128(u128::from(n)),
        accident_id: accident_id(u128::from(n)),
        document_sha256: &digest("pdf"),
        settled_at: at("10:00:00"),
        body: &json!({ "version": version }),
        insurers: &["PICC".to_owned()],
    };
    settlements::put(tx, &new).await.unwrap().change_no
}

/// Makes its part of the records, changes some of them again, and answers what it committed: by change number.
async fn write(db: Db, writer: u64) -> BTreeMap<i64, (u64, u64)> {
    let mut dice = Dice(0x9e37_79b9 + writer);
    let own: Vec<u64> = (1..=RECORDS).filter(|n| n % WRITERS == writer).collect();
    let mut committed = BTreeMap::new();
    let mut made = 0;
    while made < own.len() {
        let mut tx = db.write().await.unwrap();
        let (mut drawn, before) = (Vec::new(), made);
        for _ in 0..TOGETHER {
            // One in ten is a change of an earlier record.
            let again = made > 0 && dice.below(10) == 0;
            let n = if again {
                own[usize::try_from(dice.below(made as u64)).unwrap()]
            } else if let Some(next) = own.get(made) {
                made += 1;
                *next
            } else {
                break;
            };
            let version = dice.below(u64::from(u32::MAX));
            drawn.push((put(&mut tx, n, version).await, (n, version)));
            // Between the draw and the commit others get their turn, now longer, now shorter.
            for _ in 0..dice.below(4) {
                tokio::task::yield_now().await;
            }
        }
        // One in twenty fails at the last moment: its numbers are given back.
        if dice.below(20) == 0 {
            drop(tx);
            made = before;
            continue;
        }
        tx.commit().await.unwrap();
        committed.extend(drawn);
    }
    committed
}

/// Follows the cursor until everything is written and read; answers what came, in the order it came.
async fn follow(db: Db, over: Arc<AtomicBool>) -> Vec<(i64, (u64, u64))> {
    let (mut cursor, mut seen) = (0, Vec::new());
    loop {
        let last = over.load(Ordering::SeqCst);
        let mut tx = db.read().await.unwrap();
        let rows: Vec<SettlementRow<Value>> =
            settlements::since(&mut tx, "PICC", cursor, PAGE).await.unwrap();
        drop(tx);
        if rows.is_empty() && last {
            return seen;
        }
        for row in rows {
            let n = u64::try_from(row.id.as_u128()).unwrap();
            cursor = row.change_no;
            seen.push((row.change_no, (n, row.body.0["version"].as_u64().unwrap())));
        }
        tokio::task::yield_now().await;
    }
}

on_both! {
    async fn ten_thousand_records_are_pulled_while_they_change_without_a_gap_or_a_double(db: Db) {
        let mut tx = with_accidents(&db, &[]).await;
        for n in 1..=RECORDS {
            let mut row = accident(u128::from(n));
            row.state = Json(json!(null));
            accidents::insert(&mut tx, &row).await.unwrap();
        }
        let document = DocumentRow {
            sha256: digest("pdf"), media_type: "application/pdf".to_owned(), bytes: 1, created_at: at("08:00:00"),
        };
        documents::insert_if_new(&mut tx, &document).await.unwrap();
        tx.commit().await.unwrap();

        let over = Arc::new(AtomicBool::new(false));
        let (mut writers, mut readers) = (JoinSet::new(), JoinSet::new());
        for writer in 0..WRITERS {
            writers.spawn(write(db.clone(), writer));
        }
        for _ in 0..READERS {
            readers.spawn(follow(db.clone(), Arc::clone(&over)));
        }
        let mut committed = BTreeMap::new();
        while let Some(part) = writers.join_next().await {
            let part = part.unwrap();
            assert!(part.keys().all(|change| !committed.contains_key(change)), "a number was given twice");
            committed.extend(part);
        }
        over.store(true, Ordering::SeqCst);

        let numbers: Vec<i64> = committed.keys().copied().collect();
        assert_eq!(numbers, (1..=i64::try_from(committed.len()).unwrap()).collect::<Vec<_>>(), "no number is missing");
        assert!(u64::try_from(committed.len()).unwrap() > RECORDS, "some changed");
        let mut stands: BTreeMap<u64, i64> = BTreeMap::new();
        for (change, (n, _)) in &committed {
            stands.insert(*n, *change);
        }
        assert_eq!(u64::try_from(stands.len()).unwrap(), RECORDS);
        while let Some(seen) = readers.join_next().await {
            let seen = seen.unwrap();
            assert!(seen.windows(2).all(|two| two[0].0 < two[1].0), "in order, none twice");
            // Whatever came was committed as it came, and what stands was seen by everybody.
            assert!(seen.iter().all(|(change, what)| committed.get(change) == Some(what)));
            let changes: BTreeSet<i64> = seen.iter().map(|(change, _)| *change).collect();
            let missed: Vec<_> = stands.values().filter(|change| !changes.contains(change)).collect();
            assert_eq!(missed, [] as [&i64; 0]);
        }
    }
}
