//! The adapter and the codec: what every query stands on.

use super::*;
use crate::on_both;
use crate::store::codec::{Value as Number, row};
use crate::store::{ConnectError, Sql};

row! {
    #[derive(Debug, PartialEq)]
    struct Everything {
        id: AccidentId,
        no_id: Option<AccidentId>,
        at: Instant,
        never: Option<Instant>,
        flag: bool,
        count: u64,
        text: String,
        json: Json<Vec<String>>,
        digest: Sha256Hex,
    }
}

on_both! {
    async fn every_kind_of_value_comes_back_as_it_went_in(db: Db) {
        let sent = Everything {
            id: accident_id(7),
            no_id: None,
            at: at("23:59:59.999999"),
            never: None,
            flag: true,
            count: 9_007_199_254_740_993,
            text: "浙D·A1234 𬀩 ' \" \\ 😀".to_owned(),
            json: Json(vec!["甲".to_owned()]),
            digest: digest("x"),
        };
        let mut tx = db.read().await.unwrap();
        let read: Everything = tx
            .query(
                "SELECT $1 AS id, $2 AS no_id, $3 AS at, $4 AS never, $5 AS flag, $6 AS count, $7 AS text,
                        $8 AS json, $9 AS digest",
            )
            .bind(sent.id)
            .bind(sent.no_id)
            .bind(sent.at)
            .bind(sent.never)
            .bind(sent.flag)
            .bind(sent.count)
            .bind(&sent.text)
            .bind(Json(&sent.json.0))
            .bind(&sent.digest)
            .fetch_one()
            .await
            .unwrap();
        assert_eq!(read, sent);
    }

    async fn a_value_forgotten_or_too_many_is_an_error(db: Db) {
        for values in [1, 3] {
            let mut tx = db.read().await.unwrap();
            let mut query = tx.query("SELECT CAST($1 AS BIGINT) + $2 AS value");
            for _ in 0..values {
                query = query.bind(1_i64);
            }
            let error = query.fetch_one::<Number>().await.err().unwrap();
            assert!(error.to_string().contains("values bound"), "{error}");
        }
    }

    async fn a_transaction_that_failed_cannot_go_on_and_keeps_nothing(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        assert!(accidents::insert(&mut tx, &accident(1)).await.is_err(), "the id is taken");
        let later = accidents::insert(&mut tx, &accident(2)).await.unwrap_err();
        assert!(later.to_string().contains("earlier query"), "{later}");
        assert!(tx.commit().await.is_err());

        let mut tx = db.read().await.unwrap();
        assert!(accidents::load::<Value>(&mut tx, accident_id(1)).await.unwrap().is_none());
        drop(tx);
        // And the connection is as good as before.
        with_accidents(&db, &[1]).await.commit().await.unwrap();
    }

    async fn a_dropped_transaction_leaves_nothing(db: Db) {
        drop(with_accidents(&db, &[1]).await);
        let mut tx = db.read().await.unwrap();
        assert!(accidents::load::<Value>(&mut tx, accident_id(1)).await.unwrap().is_none());
    }

    async fn a_reader_cannot_write(db: Db) {
        let mut tx = db.read().await.unwrap();
        assert!(units::insert_if_new(&mut tx, &zhuji()).await.is_err());
    }

    async fn an_accident_of_no_unit_is_refused(db: Db) {
        let mut tx = db.write().await.unwrap();
        assert!(accidents::insert(&mut tx, &accident(1)).await.is_err(), "foreign keys are on");
    }

    async fn a_column_that_holds_nonsense_is_an_error_and_no_panic(db: Db) {
        let mut tx = db.read().await.unwrap();
        let broken = tx
            .query("SELECT CAST(-1 AS BIGINT) AS version")
            .fetch_one::<Version>()
            .await
            .err()
            .unwrap();
        assert!(broken.to_string().contains("version"), "{broken}");
    }

    async fn migrating_again_changes_nothing(db: Db) {
        with_accidents(&db, &[1]).await.commit().await.unwrap();
        db.migrate().await.unwrap();
        db.ping().await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert!(accidents::load::<Value>(&mut tx, accident_id(1)).await.unwrap().is_some());
    }

    async fn the_dialects_may_part(db: Db) {
        let mut tx = db.read().await.unwrap();
        let sql = Sql { sqlite: "SELECT 1 AS value", postgres: "SELECT 2::BIGINT AS value" };
        let number: Number = tx.query(sql).fetch_one().await.unwrap();
        assert_eq!(number.value, if matches!(db, Db::Sqlite { .. }) { 1 } else { 2 });
    }
}

row! {
    #[derive(Debug)]
    #[allow(dead_code)]
    struct Version {
        version: u64,
    }
}

/// Tables and columns by name; sorted by the query.
async fn columns(db: &Db) -> Vec<String> {
    row! {
        struct Column {
            name: String,
        }
    }
    let mut tx = db.read().await.unwrap();
    let columns: Vec<Column> = tx
        .query(Sql {
            sqlite: "SELECT m.name || '.' || c.name || CASE WHEN c.\"notnull\" OR c.pk THEN '!' ELSE '' END AS name
                       FROM sqlite_schema m JOIN pragma_table_info(m.name) c
                      WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\'
                      ORDER BY 1",
            postgres: "SELECT (table_name || '.' || column_name
                              || CASE WHEN is_nullable = 'NO' THEN '!' ELSE '' END) COLLATE \"C\" AS name
                         FROM information_schema.columns
                        WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'
                        ORDER BY name",
        })
        .fetch_all()
        .await
        .unwrap();
    columns.into_iter().map(|column| column.name).collect()
}

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let Some(postgres) = crate::store::testing::postgres().await else {
        return;
    };
    let sqlite = crate::store::testing::sqlite().await;
    let expected = columns(&sqlite.db).await;
    assert!(expected.len() > 60, "{expected:?}");
    assert_eq!(expected, columns(&postgres.db).await);
    postgres.drop().await;
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_says_which() {
    let error = Db::connect("mysql://somewhere").await.unwrap_err();
    assert!(matches!(error, ConnectError::Scheme), "{error}");
    let error = Db::connect("sqlite:///no/such/folder/x.sqlite")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("/no/such/folder/x.sqlite"), "{error}");
    let error = Db::connect("postgres://me:hidden@127.0.0.1:1/x")
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("127.0.0.1") && !error.to_string().contains("hidden"),
        "{error}"
    );
}

/// Instants are text on SQLite: text must sort as time does.
#[tokio::test]
async fn a_moment_with_a_short_fraction_sorts_where_it_belongs() {
    let test = crate::store::testing::sqlite().await;
    let mut tx = test.db.read().await.unwrap();
    let number: Number = tx
        .query("SELECT CASE WHEN $1 < $2 THEN 1 ELSE 0 END AS value")
        .bind(at("08:00:00"))
        .bind(at("08:00:00.5"))
        .fetch_one()
        .await
        .unwrap();
    assert_eq!(number.value, 1);
}
