//! Drivers: links, codes and sessions.

use axum::http::HeaderValue;
use domain::accident::Accident;
use domain::fact::{Actor, Fact, Recorded};
use domain::id::{AccidentId, PartyId, Sha256Hex, UnitId};
use uuid::Uuid;

use super::*;
use crate::identity::codes::{self, CODE_LIFE, Purpose, RESEND_AFTER};
use crate::identity::links::{self, AFTER_CLOSING, FIRST_USE_WITHIN, Kind};
use crate::identity::sessions::{DRIVER_IDLE, For};
use crate::identity::{driver, sessions};
use crate::on_both;
use crate::store::accidents::{self, AccidentRow};
use crate::store::{Json, outbox};

const PHONE: &str = "13812341234";

fn id() -> AccidentId {
    AccidentId(Uuid::from_u128(1))
}

fn party() -> PartyId {
    PartyId(Uuid::from_u128(11))
}

impl World {
    async fn report(&self) {
        let now = self.clock.now();
        let unit = UnitId::new("330681").unwrap();
        let fact = Fact::Reported {
            unit: unit.clone(),
            party: party(),
            phone: None,
        };
        let first = Recorded {
            seq: 1,
            at: now,
            by: Actor::Service,
            fact,
        };
        let accident = Accident::reported(id(), &first).unwrap();
        let row = AccidentRow {
            id: id(),
            unit,
            version: 1,
            stage: "reporting".to_owned(),
            officer: None,
            waiting_since: None,
            reported_at: now,
            updated_at: now,
            closed_at: None,
            state: Json(accident),
        };
        let mut tx = self.app.db.write().await.unwrap();
        accidents::insert(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn close(&self) {
        let mut tx = self.app.db.write().await.unwrap();
        let row: AccidentRow<Value> = accidents::load(&mut tx, id()).await.unwrap().unwrap();
        let closed = AccidentRow {
            version: 2,
            closed_at: Some(self.clock.now()),
            ..row
        };
        assert!(accidents::save(&mut tx, &closed, 1).await.unwrap());
        tx.commit().await.unwrap();
    }

    async fn link(&self, kind: Kind) -> String {
        let mut tx = self.app.db.write().await.unwrap();
        let token = links::issue(&mut tx, &self.app, kind, id(), self.clock.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        token
    }

    async fn open(&self, token: &str) -> Result<driver::Shown, AppError> {
        driver::open_link(&self.app, &HeaderMap::new(), token).await
    }

    async fn ask(&self, phone: &str, purpose: Purpose) -> Result<codes::Sent, AppError> {
        codes::send(&self.app, (id(), phone, purpose)).await
    }

    async fn show(&self, phone: &str, purpose: Purpose, code: &str) -> Result<(), Refusal> {
        let mut tx = self.app.db.write().await.unwrap();
        let to = (id(), phone, purpose);
        let judged = codes::check(&mut tx, &self.app, to, code, self.clock.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        judged
    }

    /// The digits of the newest message.
    async fn received(&self) -> String {
        let mut tx = self.app.db.read().await.unwrap();
        let newest = outbox::list(&mut tx, 1).await.unwrap().remove(0);
        let digits: String = newest
            .body
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take(6)
            .collect();
        assert!(
            digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()),
            "{}",
            newest.body
        );
        digits
    }
}

/// Another code than this one.
fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

on_both! {
    async fn a_link_opens_the_own_party_and_is_not_used_up(db: Db) {
        let world = World::new(&db).await;
        world.report().await;
        let token = world.link(Kind::Personal(party())).await;
        for _ in 0..3 {
            let shown = world.open(&token).await.unwrap();
            assert_eq!((shown.accident.id, shown.party, shown.session), (id(), party(), false));
        }
        let url = links::url(&world.app.config, Kind::Personal(party()), &token);
        assert_eq!(url, format!("https://desk.example/p/#t={token}"));
        assert!(token.len() >= 22, "128 bits");
    }

    async fn a_repeated_request_gets_the_same_link(db: Db) {
        let world = World::new(&db).await;
        world.report().await;
        let token = world.link(Kind::Personal(party())).await;
        assert_eq!(world.link(Kind::Personal(party())).await, token);
        let join = world.link(Kind::Join).await;
        assert_eq!(world.link(Kind::Join).await, join);
        assert_ne!(join, token);
    }

    async fn d03_a_link_waits_half_an_hour_for_its_first_use(db: Db) {
        let world = World::new(&db).await;
        world.report().await;
        let unused = world.link(Kind::Personal(party())).await;
        world.pass(FIRST_USE_WITHIN + Duration::seconds(1));
        assert_eq!(refused(world.open(&unused).await).code, "link_expired");
        let fresh = world.link(Kind::Personal(party())).await;
        assert_ne!(fresh, unused);
        world.open(&fresh).await.unwrap();
        world.pass(Duration::days(3));
        assert!(world.open(&fresh).await.is_ok(), "once used it holds as long as the case");
        assert_eq!(refused(world.open(&unused).await).code, "link_expired");
    }

    async fn d04_one_character_changed_is_another_link(db: Db) {
        let world = World::new(&db).await;
        world.report().await;
        let token = world.link(Kind::Personal(party())).await;
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(refused(world.open(&changed).await).code, "link_not_found", "{at}");
        }
        assert_eq!(refused(world.open("").await).code, "link_not_found");
    }

    async fn a_new_link_kills_the_earlier_one(db: Db) {
        let world = World::new(&db).await;
        world.report().await;
        let earlier = world.link(Kind::Personal(party())).await;
        world.open(&earlier).await.unwrap();
        let mut tx = db.write().await.unwrap();
        let now = world.clock.now();
        let later = links::reissue(&mut tx, &world.app, Kind::Personal(party()), id(), now).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(refused(world.open(&earlier).await).code, "link_expired");
        assert!(world.open(&later).await.is_ok());
    }

    async fn a_join_link_lets_others_in_for_half_an_hour_and_opens_no_party(db: Db) {
        let world = World::new(&db).await;
        world.report().await;
        let join = world.link(Kind::Join).await;
        let personal = world.link(Kind::Personal(party())).await;
        for _ in 0..3 {
            assert_eq!(links::resolve_join(&world.app, &join, world.clock.now()).await.unwrap(), id());
        }
        assert_eq!(refused(world.open(&join).await).code, "link_not_found");
        let other = links::resolve_join(&world.app, &personal, world.clock.now()).await;
        assert_eq!(refused(other).code, "link_not_found");
        world.pass(FIRST_USE_WITHIN + Duration::seconds(1));
        assert_eq!(refused(links::resolve_join(&world.app, &join, world.clock.now()).await).code, "link_expired");
    }

    async fn d12_a_day_after_closing_the_door_is_shut(db: Db) {
        let world = World::new(&db).await;
        world.report().await;
        let token = world.link(Kind::Personal(party())).await;
        world.open(&token).await.unwrap();
        world.close().await;
        world.pass(AFTER_CLOSING);
        assert!(world.open(&token).await.is_ok());
        world.pass(Duration::seconds(1));
        let refusal = refused(world.open(&token).await);
        assert_eq!((refusal.code, refusal.kind), ("case_closed", crate::refusal::Kind::Gone));
    }

    async fn a_code_proves_its_phone_once_and_for_its_purpose(db: Db) {
        let world = World::new(&db).await;
        world.report().await;
        let sent = world.ask(PHONE, Purpose::Confirm).await.unwrap();
        assert_eq!((sent.phone_masked.as_str(), sent.resend_after_s), ("138****1234", 60));
        let code = world.received().await;
        assert_eq!(world.show(PHONE, Purpose::Sign, &code).await.unwrap_err().code, "code_wrong");
        assert_eq!(world.show("13812341235", Purpose::Confirm, &code).await.unwrap_err().code, "code_wrong");
        assert_eq!(world.show(PHONE, Purpose::Confirm, &code).await, Ok(()));
        assert_eq!(world.show(PHONE, Purpose::Confirm, &code).await.unwrap_err().code, "code_wrong");
    }

    async fn d05_the_sixth_guess_is_locked_and_the_code_is_dead(db: Db) {
        let world = World::new(&db).await;
        world.report().await;
        world.ask(PHONE, Purpose::Confirm).await.unwrap();
        let code = world.received().await;
        for left in [4, 3, 2, 1] {
            let refusal = world.show(PHONE, Purpose::Confirm, &wrong(&code)).await.unwrap_err();
            assert_eq!(refusal.code, "code_wrong");
            assert!(refusal.message.contains(&format!("{left}次")), "{}", refusal.message);
        }
        assert_eq!(world.show(PHONE, Purpose::Confirm, &wrong(&code)).await.unwrap_err().code, "code_wrong");
        for guess in [wrong(&code), code.clone()] {
            let sixth = world.show(PHONE, Purpose::Confirm, &guess).await.unwrap_err();
            assert_eq!((sixth.code, sixth.retry_after_s), ("code_locked", Some(60)));
        }
        world.pass(RESEND_AFTER);
        world.ask(PHONE, Purpose::Confirm).await.unwrap();
        assert_eq!(world.show(PHONE, Purpose::Confirm, &world.received().await).await, Ok(()));
    }

    async fn of_many_guesses_at_once_no_more_than_five_count(db: Db) {
        let world = World::new(&db).await;
        world.report().await;
        world.ask(PHONE, Purpose::Confirm).await.unwrap();
        let code = world.received().await;
        let guesses = (0..16).map(|_| world.show(PHONE, Purpose::Confirm, "x"));
        let outcomes = futures_util::future::join_all(guesses).await;
        let judged = outcomes.iter().filter(|outcome| outcome.as_ref().unwrap_err().code == "code_wrong");
        assert_eq!(judged.count(), 5);
        assert_eq!(world.show(PHONE, Purpose::Confirm, &code).await.unwrap_err().code, "code_locked");
    }

    async fn a_code_holds_ten_minutes(db: Db) {
        let world = World::new(&db).await;
        world.report().await;
        world.ask(PHONE, Purpose::Sign).await.unwrap();
        let code = world.received().await;
        world.pass(CODE_LIFE + Duration::seconds(1));
        assert_eq!(world.show(PHONE, Purpose::Sign, &code).await.unwrap_err().code, "code_wrong");
    }

    async fn d07_messages_are_one_a_minute_and_five_a_day(db: Db) {
        let world = World::new(&db).await;
        world.report().await;
        world.ask(PHONE, Purpose::Confirm).await.unwrap();
        world.pass(RESEND_AFTER - Duration::seconds(1));
        let soon = refused(world.ask(PHONE, Purpose::Confirm).await);
        assert_eq!((soon.code, soon.retry_after_s), ("sms_rate_limited", Some(1)));
        assert!(world.ask("13912341234", Purpose::Confirm).await.is_ok(), "another phone is another phone");
        world.pass(Duration::seconds(1));
        for _ in 0..4 {
            world.ask(PHONE, Purpose::Confirm).await.unwrap();
            world.pass(RESEND_AFTER);
        }
        let sixth = refused(world.ask(PHONE, Purpose::Confirm).await);
        assert_eq!(sixth.code, "sms_rate_limited");
        world.pass(Duration::seconds(i64::from(sixth.retry_after_s.unwrap())));
        assert!(world.ask(PHONE, Purpose::Confirm).await.is_ok(), "a day later there is room again");
    }

    async fn asking_for_a_code_twice_with_one_intent_sends_one(db: Db) {
        let world = World::new(&db).await;
        world.report().await;
        let token = world.link(Kind::Personal(party())).await;
        let digest = Sha256Hex::of(b"body");
        let first = driver::send_code(&world.app, ("k", &digest), &token, PHONE).await.unwrap();
        let again = driver::send_code(&world.app, ("k", &digest), &token, PHONE).await.unwrap();
        assert_eq!(first, again);
        let mut tx = db.read().await.unwrap();
        assert_eq!(outbox::list(&mut tx, 10).await.unwrap().len(), 1);
        let other = driver::send_code(&world.app, ("k2", &digest), &token, "12345").await;
        assert_eq!(refused(other).fields[0].field, "phone");
    }

    async fn a_drivers_session_is_for_one_party_of_one_accident(db: Db) {
        let world = World::new(&db).await;
        world.report().await;
        let mut tx = db.write().await.unwrap();
        let whom = For::Driver(id(), party());
        let token = sessions::begin(&mut tx, &world.app, whom).await.unwrap();
        tx.commit().await.unwrap();
        let mut headers = HeaderMap::new();
        let cookie = format!("other=1; __Host-kc_driver={token}");
        headers.insert(COOKIE, HeaderValue::try_from(cookie).unwrap());
        let known = driver::current(&world.app, &headers).await.unwrap();
        assert_eq!((known.accident, known.party), (id(), party()));
        let link = world.link(Kind::Personal(party())).await;
        assert!(driver::open_link(&world.app, &headers, &link).await.unwrap().session);
        // The token in the officers' cookie is no officer.
        assert_eq!(world.get("/api/v1/officer/session", &format!("__Host-kc_officer={token}")).await.code(), (401, "session_missing"));
        world.pass(DRIVER_IDLE);
        assert_eq!(refused(driver::current(&world.app, &headers).await).code, "session_expired");
    }
}
