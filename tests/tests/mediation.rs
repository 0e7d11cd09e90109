//! What follows the finding: mediation from the wish to the signatures, 代位求偿, objections, guests by link.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::process::Command;
use std::time::Duration;

use backend::app::audit::audit;
use serde_json::{Value, json};
use tests::acting::{Driver, Officer};
use tests::client::{API, fresh_key};
use tests::on_both_databases;
use tests::people::{LI, WANG};
use tests::world::World;

/// A second code to the same phone comes no sooner.
const NEXT_CODE: Duration = Duration::from_secs(61);

/// 甲 drove into 乙, both have signed, the money is settled.
async fn settled(world: &World) -> (Driver, Driver, Officer) {
    let (first, second, officer) = world.an_issued_finding().await;
    first.signs(world).await;
    second.signs(world).await;
    (first, second, officer)
}

/// The same, and both ask for mediation.
async fn open(world: &World) -> (Driver, Driver, Officer) {
    let (first, second, officer) = settled(world).await;
    for driver in [&first, &second] {
        wishes(driver, true).await;
    }
    (first, second, officer)
}

async fn wishes(driver: &Driver, wanted: bool) -> Value {
    let wish = json!({ "wanted": wanted });
    driver
        .client
        .post(&driver.path("mediation/wishes"), &wish)
        .await
        .ok()
}

/// Terms in the draft's words: 甲 pays 乙 300 yuan within a week.
async fn terms(officer: &Officer, driver: &Driver) -> Value {
    let payments = json!([{ "payer": "甲", "payee": "乙", "amount_fen": 30_000 }]);
    let asked = json!({ "payments": payments, "performance": "微信转账", "deadline": { "kind": "within", "days": 7 } });
    let draft = officer
        .client
        .post(&driver.path("mediation/draft"), &asked)
        .await
        .ok();
    assert_eq!(draft["problems"], json!([]));
    json!({ "payments": payments, "text": draft["text"], "performance": "微信转账",
            "deadline": { "kind": "within", "days": 7 }, "over_loss_reason": null })
}

async fn proposal(officer: &Officer, driver: &Driver, terms: &Value) -> Value {
    json!({ "seen": officer.version(driver).await, "terms": terms })
}

async fn proposes(officer: &Officer, driver: &Driver) -> Value {
    let terms = terms(officer, driver).await;
    let body = proposal(officer, driver, &terms).await;
    officer
        .client
        .post(&driver.path("mediation/proposal"), &body)
        .await
        .ok()
}

/// The body of a signature under the result as it stands on the page.
async fn signature(world: &World, driver: &Driver) -> Value {
    world.time_passes(NEXT_CODE);
    let mut body = driver.signature(world).await;
    body["document_sha256"] = driver.view().await["mediation"]["proposal"]["to_sign_sha256"].clone();
    body
}

async fn signs_result(world: &World, driver: &Driver) -> Value {
    let body = signature(world, driver).await;
    driver
        .client
        .post(&driver.path("mediation/signatures"), &body)
        .await
        .ok()
}

async fn closes(officer: &Officer, driver: &Driver, code: &str, kind: Option<&str>) -> tests::client::Answer {
    let body = json!({ "seen": officer.version(driver).await, "closing_code": code, "mediation_code": kind });
    officer.client.post(&driver.path("closing"), &body).await
}

/// The words of the finding as it stands, read by poppler, without blanks.
async fn page(driver: &Driver) -> String {
    let answer = driver.client.get(&driver.path("finding.pdf")).await;
    assert_eq!(answer.status, 200, "{answer}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("finding.pdf");
    std::fs::write(&file, &answer.bytes).unwrap();
    let read = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8"])
        .arg(&file)
        .arg("-")
        .output()
        .unwrap();
    assert!(read.status.success());
    String::from_utf8(read.stdout)
        .unwrap()
        .replace(['\n', '\u{c}', ' '], "")
}

async fn outcome(world: &World, insurer: &str) -> Value {
    let page = world.insurer(insurer).await.get("/settlements").await.ok();
    page["items"].as_array().unwrap().last().unwrap()["outcome"].clone()
}

async fn invites(officer: &Officer, driver: &Driver, body: &Value) -> tests::client::Answer {
    officer.client.post(&driver.path("guests"), body).await
}

on_both_databases! {
    async fn an_agreed_mediation_is_on_the_finding_signed_and_in_the_insurers_record(world) {
        let (first, second, officer) = open(world).await;
        let before = officer.view(&first).await;
        assert_eq!(before["mediation"]["open"], json!(true));
        let view = proposes(&officer, &first).await;
        assert_eq!(view["finding"]["number"], before["finding"]["number"]);
        assert_eq!(view["finding"]["to_sign_sha256"], before["finding"]["to_sign_sha256"]);
        assert_eq!(view["mediation"]["proposal"]["difference"],
            json!([{ "payer": "甲", "payee": "乙", "planned_fen": 0, "agreed_fen": 30_000 }]));
        let shown = view["mediation"]["proposal"]["document"]["url"].as_str().unwrap().replace(API, "");
        assert_eq!(first.client.get(&shown.replace("as=officer", "as=driver")).await.status, 200);
        assert_eq!(signs_result(world, &first).await["mediation"]["ending"], json!(null));
        let agreed = signs_result(world, &second).await;
        assert_eq!(agreed["mediation"]["ending"]["ending"], json!("agreed"));

        let text = page(&first).await;
        let (served, result) = text.split_once("损害赔偿调解结果：").expect("the result is on the page");
        for words in ["甲方向乙方支付赔偿款人民币300.00元。", "履行方式微信转账", "履行期限自签名之日起7日内"] {
            assert!(result.contains(words), "{words} in {result}");
        }
        for part in [served, result] {
            assert!(part.contains("甲方当事人签名：王建国") && part.contains("乙方当事人签名：李䶮"), "{part}");
        }
        let record = outcome(world, "PAIC").await;
        assert_eq!(record["mediation"]["ending"], json!("agreed"));
        assert_eq!(record["mediation"]["payments"][0]["amount_fen"], json!(30_000));

        let verify = agreed["finding"]["verify_url"].as_str().unwrap().replacen("/v/", "/verification/", 1);
        let verified = world.anyone().get(&verify).await.ok();
        assert_eq!(verified["sha256"], agreed["finding"]["document"]["sha256"]);
        let earlier = verified["earlier_sha256"].as_array().unwrap();
        for known in [&before["finding"]["document"]["sha256"], &before["finding"]["to_sign_sha256"]] {
            assert!(earlier.contains(known), "{known} in {verified}");
        }
        closes(&officer, &first, "2", None).await.problem(422, "invalid_fields");
        assert_eq!(closes(&officer, &first, "1", Some("3")).await.ok()["stage"], json!("closed"));
        let closing = outcome(world, "PICC").await["closing"].clone();
        assert_eq!((&closing["code"], &closing["mediation_code"]), (&json!("1"), &json!("3")));
        assert_eq!(audit(&world.system.app.db).await.unwrap().findings, vec![]);
    }

    async fn a_refusal_ends_it_and_the_words_nobody_agreed_to_leave_the_page(world) {
        let (first, second, officer) = open(world).await;
        proposes(&officer, &first).await;
        signs_result(world, &first).await;
        let refusal = json!({ "party_id": second.party, "what": "sign", "reason": "认为金额过低" });
        let view = officer.client.post(&first.path("mediation/refusals"), &refusal).await.ok();
        assert_eq!(view["mediation"]["ending"]["ending"], json!("failed"));
        let text = page(&second).await;
        assert!(text.contains("当事人未达成协议：乙方拒绝签字：认为金额过低。"), "{text}");
        assert!(!text.contains("300.00") && text.matches("甲方当事人签名").count() == 1, "{text}");
        assert_eq!(outcome(world, "PICC").await["mediation"]["ending"], json!("failed"));
        let refused = closes(&officer, &first, "1", Some("3")).await.problem(422, "invalid_fields");
        assert_eq!(refused["errors"][0]["field"], json!("mediation_code"));
        assert_eq!(closes(&officer, &first, "2", None).await.ok()["closing"]["code"], json!("2"));
    }

    async fn nobody_s_signature_is_carried_over_to_other_words(world) {
        let (first, second, officer) = open(world).await;
        proposes(&officer, &first).await;
        let old = signature(world, &second).await;
        signs_result(world, &first).await;
        let mut other = terms(&officer, &first).await;
        other["text"] = json!(format!("{}\n五、车辆钥匙当场归还。", other["text"].as_str().unwrap()));
        let body = proposal(&officer, &first, &other).await;
        let view = officer.client.post(&first.path("mediation/proposal"), &body).await.ok();
        let states: Vec<_> = view["mediation"]["proposal"]["signatures"].as_array().unwrap().iter().map(|s| s["state"].clone()).collect();
        assert_eq!(states, [json!("pending"), json!("pending")]);
        assert_eq!(view["mediation"]["proposal"]["terms"]["text"], other["text"]);
        second.client.post(&second.path("mediation/signatures"), &old).await.problem(409, "document_superseded");
        assert!(page(&first).await.contains("车辆钥匙当场归还"));
    }

    async fn where_subrogation_is_chosen_a_waiver_is_refused_by_its_phrase(world) {
        let (first, second, officer) = open(world).await;
        assert_eq!(second.view().await["subrogation"], json!({ "offered_to": [second.party], "chosen": [] }));
        let yes = json!({ "chosen": true });
        first.client.post(&first.path("subrogation"), &yes).await.problem(409, "subrogation_not_offered");
        let chosen = second.client.post(&second.path("subrogation"), &yes).await.ok();
        assert_eq!(chosen["subrogation"]["chosen"], json!([second.party]));
        assert_eq!(outcome(world, "PAIC").await["subrogated"], json!(["乙"]));
        let mut waiving = terms(&officer, &first).await;
        assert!(waiving["text"].as_str().unwrap().contains("追偿的权利不受本协议影响"));
        waiving["text"] = json!(format!("{}\n双方就此 一次性了 结。", waiving["text"].as_str().unwrap()));
        let body = proposal(&officer, &first, &waiving).await;
        let refused = officer.client.post(&first.path("mediation/proposal"), &body).await.problem(422, "invalid_fields");
        assert_eq!(refused["errors"][0]["code"], json!("blanket_waiver"));
        assert!(refused["errors"][0]["message"].as_str().unwrap().contains("“了结”"));
    }

    async fn an_objection_bars_mediation_until_it_is_taken_back(world) {
        let (first, second, officer) = open(world).await;
        let objection = json!({ "reason": "我对认定有异议" });
        second.client.post(&second.path("objection"), &objection).await.ok();
        let view = officer.view(&first).await;
        assert_eq!(view["mediation"]["open"], json!(false));
        assert_eq!(view["mediation"]["bars"][0]["closing_code"], json!("3"));
        assert_eq!(outcome(world, "PICC").await["objecting"], json!(["乙"]));
        let terms = terms(&officer, &first).await;
        let body = proposal(&officer, &first, &terms).await;
        officer.client.post(&first.path("mediation/proposal"), &body).await.problem(409, "mediation_not_open");
        second.client.post(&second.path("objection/withdrawal"), &json!({})).await.ok();
        proposes(&officer, &first).await;
    }

    async fn a_bar_that_the_officer_notes_stands_on_the_finding(world) {
        let (first, second, officer) = settled(world).await;
        let bar = json!({ "party_id": second.party, "why": "does_not_agree", "note": "要求直接起诉" });
        let view = officer.client.post(&first.path("mediation/bars"), &bar).await.ok();
        assert_eq!(view["mediation"]["bars"][0]["noted"], json!(true));
        let text = page(&first).await;
        assert!(text.contains("不适用调解。乙方不同意调解：要求直接起诉。交通警察于"), "{text}");
        let refused = closes(&officer, &first, "3", None).await.problem(422, "invalid_fields");
        assert_eq!(refused["errors"][0]["field"], json!("closing_code"));
        assert_eq!(closes(&officer, &first, "2", None).await.ok()["closing"]["code"], json!("2"));
    }

    async fn a_guest_learns_nothing_of_the_people_and_is_out_once_removed(world) {
        let (first, second, officer) = open(world).await;
        let mut telling = terms(&officer, &first).await;
        let told = format!("{}\n五、王建国（{}，电话{}，{}）当场道歉。", telling["text"].as_str().unwrap(), WANG.id_number, WANG.phone, WANG.plate);
        telling["text"] = json!(told);
        let body = proposal(&officer, &first, &telling).await;
        officer.client.post(&first.path("mediation/proposal"), &body).await.ok();
        let mediator = json!({ "role": "mediator", "name": "赵六" });
        let key = fresh_key();
        let invitation = officer.client.post_as(key, &first.path("guests"), &mediator).await.ok();
        let again = officer.client.post_as(key, &first.path("guests"), &mediator).await.ok();
        assert_eq!((&again["link"], &again["guest"]), (&invitation["link"], &invitation["guest"]));
        assert!(invitation["link"].as_str().unwrap().contains("/p/#g="));
        assert_eq!(first.view().await["guests"], json!([]));

        let guest = world.anyone();
        let token = json!({ "token": invitation["token"] });
        let seen = guest.post("/guest-sessions", &token).await.ok();
        assert_eq!(seen, guest.get("/guest").await.ok());
        let told = seen.to_string();
        for person in [WANG, LI] {
            for personal in [person.name, person.phone, person.id_number, person.plate, person.policy] {
                assert!(!told.contains(personal), "{personal} in {told}");
            }
        }
        assert!(told.contains("王**") && told.contains("300.00"), "{told}");
        let ticket = guest.post("/guest/media-ticket", &json!({})).await.ok();
        assert!(ticket["ticket"].as_str().unwrap().len() > 100);
        guest.get(&first.path("finding.pdf")).await.problem(401, "session_missing");
        guest.post(&first.path("mediation/wishes"), &json!({ "wanted": true })).await.problem(401, "session_missing");

        let path = format!("guests/{}/removal", invitation["guest"]["id"].as_str().unwrap());
        let view = officer.client.post(&first.path(&path), &json!({})).await.ok();
        assert!(view["guests"][0]["removed_at"].is_string());
        guest.get("/guest").await.problem(410, "invitation_over");
        guest.post("/guest/media-ticket", &json!({})).await.problem(410, "invitation_over");
        world.anyone().post("/guest-sessions", &token).await.problem(410, "invitation_over");
        assert_eq!(second.view().await["stage"], json!("settling"));
    }

    async fn an_invitation_ends_after_two_hours(world) {
        let (first, _, officer) = settled(world).await;
        let insurer = json!({ "role": "insurer", "name": "钱七", "insurer": "PAIC" });
        let invitation = invites(&officer, &first, &insurer).await.ok();
        let guest = world.anyone();
        guest.post("/guest-sessions", &json!({ "token": invitation["token"] })).await.ok();
        world.time_passes(Duration::from_secs(2 * 3600 - 1));
        assert_eq!(guest.get("/guest").await.ok()["guest"]["insurer"]["code"], json!("PAIC"));
        world.time_passes(Duration::from_secs(1));
        let late = guest.get("/guest").await;
        assert!([401, 410].contains(&late.status), "{late}");
        world.anyone().post("/guest-sessions", &json!({ "token": invitation["token"] })).await.problem(410, "invitation_over");
        world.anyone().post("/guest-sessions", &json!({ "token": "AAAA" })).await.problem(404, "link_not_found");
    }

    async fn an_insurer_without_a_policy_here_is_not_invited_and_drivers_invite_nobody(world) {
        let (first, _, officer) = settled(world).await;
        let stranger = json!({ "role": "insurer", "name": "钱七", "insurer": "CPIC" });
        let refused = invites(&officer, &first, &stranger).await.problem(422, "invalid_fields");
        assert_eq!(refused["errors"][0]["field"], json!("insurer"));
        let mediator = json!({ "role": "mediator", "name": "赵六" });
        first.client.post(&first.path("guests"), &mediator).await.problem(401, "session_missing");
        assert_eq!(officer.view(&first).await["guests"], json!([]));
    }

    async fn an_officer_does_not_speak_for_a_party_who_has_a_phone(world) {
        let (first, second, officer) = settled(world).await;
        let wish = json!({ "party_id": second.party, "wanted": true });
        let refused = officer.client.post(&first.path("mediation/wishes"), &wish).await.problem(422, "invalid_fields");
        assert_eq!(refused["errors"][0]["code"], json!("has_phone"));
        first.client.post(&first.path("mediation/wishes"), &wish).await.problem(422, "invalid_fields");
        wishes(&first, false).await;
        let view = officer.view(&first).await;
        assert_eq!(view["mediation"]["bars"][0]["why"], json!("does_not_agree"));
        assert_eq!(view["mediation"]["why_not"].as_array().unwrap().len(), 2);
    }
}
