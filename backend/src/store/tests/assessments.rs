//! Assessments as insurers pull them: order of changes, who sees what, and when windows end.

use domain::id::{AssessmentId, InsurerCode};

use super::*;
use crate::on_both;
use crate::store::assessments::{self, AssessmentRow, NewAssessment};

fn code(text: &str) -> InsurerCode {
    text.parse().unwrap()
}

fn id(n: u128) -> AssessmentId {
    AssessmentId(Uuid::from_u128(n))
}

async fn put(tx: &mut Tx, n: u128, (state, due): (&str, Option<Instant>), insurers: &[&str]) -> i64 {
    let insurers: Vec<_> = insurers.iter().map(|text| code(text)).collect();
    let new = NewAssessment {
        id: id(n),
        accident_id: accident_id(n % 10),
        state,
        due_at: due,
        body: &json!({ "n": state }),
        insurers: &insurers,
    };
    assessments::put(tx, &new).await.unwrap()
}

fn numbers(rows: Vec<AssessmentRow<Value>>) -> Vec<(i64, AssessmentId)> {
    rows.into_iter().map(|row| (row.change_no, row.id)).collect()
}

on_both! {
    async fn a_change_moves_to_the_end_and_only_the_involved_see_it(db: Db) {
        let mut tx = with_accidents(&db, &[1, 2]).await;
        assert_eq!(put(&mut tx, 11, ("awaiting", None), &["PICC", "PAIC"]).await, 1);
        assert_eq!(put(&mut tx, 12, ("binding", None), &["PICC"]).await, 2);
        assert_eq!(put(&mut tx, 11, ("binding", None), &["PICC"]).await, 3);
        let picc = assessments::since::<Value>(&mut tx, code("PICC"), (0, None), 10).await.unwrap();
        assert_eq!(numbers(picc), [(2, id(12)), (3, id(11))]);
        let later = assessments::since::<Value>(&mut tx, code("PICC"), (2, Some("binding")), 10).await.unwrap();
        assert_eq!(numbers(later), [(3, id(11))]);
        let none = assessments::since::<Value>(&mut tx, code("PICC"), (0, Some("joint")), 10).await.unwrap();
        assert_eq!(numbers(none), []);
        let paic = assessments::since::<Value>(&mut tx, code("PAIC"), (0, None), 10).await.unwrap();
        assert_eq!(numbers(paic), [], "a policy taken back closes the door");
        assert_eq!(assessments::load::<Value>(&mut tx, code("PAIC"), id(11)).await.unwrap(), None);
        let own = assessments::load::<Value>(&mut tx, code("PICC"), id(11)).await.unwrap().unwrap();
        assert_eq!((own.state.as_str(), own.body.0), ("binding", json!({ "n": "binding" })));
        let all = assessments::of_accident::<Value>(&mut tx, accident_id(1)).await.unwrap();
        assert_eq!(numbers(all), [(3, id(11))]);
    }

    async fn a_window_is_due_from_its_very_microsecond(db: Db) {
        let mut tx = with_accidents(&db, &[1, 2, 3]).await;
        put(&mut tx, 11, ("awaiting", Some(at("10:00:00.000001"))), &[]).await;
        put(&mut tx, 12, ("awaiting", Some(at("09:00:00"))), &[]).await;
        put(&mut tx, 13, ("binding", None), &[]).await;
        let due = async |tx: &mut Tx, now: &str| assessments::due(tx, at(now), 10).await.unwrap();
        assert_eq!(due(&mut tx, "08:59:59.999999").await, []);
        assert_eq!(due(&mut tx, "10:00:00").await, [accident_id(2)]);
        assert_eq!(due(&mut tx, "10:00:00.000001").await, [accident_id(2), accident_id(1)]);
    }

    async fn two_writers_at_once_never_show_a_later_change_before_an_earlier_one(db: Db) {
        let mut tx = with_accidents(&db, &[1, 2]).await;
        put(&mut tx, 11, ("awaiting", None), &["PICC"]).await;
        tx.commit().await.unwrap();
        let mut slow = db.write().await.unwrap();
        assert_eq!(put(&mut slow, 11, ("binding", None), &["PICC"]).await, 2);
        let fast = tokio::spawn({
            let db = db.clone();
            async move {
                let mut tx = db.write().await.unwrap();
                let number = put(&mut tx, 12, ("binding", None), &["PICC"]).await;
                tx.commit().await.unwrap();
                number
            }
        });
        let mut reader = db.read().await.unwrap();
        let seen = assessments::since::<Value>(&mut reader, code("PICC"), (0, None), 10).await.unwrap();
        assert_eq!(numbers(seen), [(1, id(11))], "neither of the two yet");
        drop(reader);
        slow.commit().await.unwrap();
        assert_eq!(fast.await.unwrap(), 3);
        let mut reader = db.read().await.unwrap();
        let seen = assessments::since::<Value>(&mut reader, code("PICC"), (1, None), 10).await.unwrap();
        assert_eq!(numbers(seen), [(2, id(11)), (3, id(12))]);
    }
}
