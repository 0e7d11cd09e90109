//! The papers around the finding: which are issued by themselves, who reads and signs them, and what happens when
//! one cannot be drawn.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use backend::app::audit::audit;
use serde_json::{Value, json};
use tests::acting::{Driver, Officer, text};
use tests::client::Client;
use tests::on_both_databases;
use tests::people;
use tests::world::World;

async fn papers(client: &Client, driver: &Driver) -> Vec<Value> {
    let listed = client.get(&driver.path("papers")).await.ok();
    listed["papers"].as_array().unwrap().clone()
}

/// The kinds in the order they were issued.
fn kinds(papers: &[Value]) -> Vec<&str> {
    papers
        .iter()
        .map(|paper| paper["kind"].as_str().unwrap())
        .collect()
}

async fn document(client: &Client, driver: &Driver, paper: &Value) -> Vec<u8> {
    let path = driver.path(&format!("papers/{}/document.pdf", text(&paper["number"])));
    let answer = client.get(&path).await;
    assert_eq!(answer.status, 200, "{answer}");
    answer.bytes
}

async fn pdf_text(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paper.pdf");
    std::fs::write(&file, bytes).unwrap();
    let output = std::process::Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8"])
        .arg(&file)
        .arg("-")
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout)
        .unwrap()
        .replace(['\n', '\u{c}', ' '], "")
}

/// An agreement that the first is to blame for all of it.
fn agreement(first: &Driver, second: &Driver) -> Value {
    json!({ "kind": "agreement", "agreed": {
        "parties": [
            { "party_id": first.party, "liability": "full", "situation": "未保持安全车距与前车追尾" },
            { "party_id": second.party, "liability": "none" },
        ],
        "terms": "甲方向乙方支付修理费1,500.00元。",
    } })
}

async fn signs(world: &World, driver: &Driver, paper: &Value) -> Value {
    let number = text(&paper["number"]);
    world.time_passes(std::time::Duration::from_secs(120));
    driver
        .client
        .post(&driver.path(&format!("papers/{number}/signing-code")), &json!({}))
        .await
        .ok();
    let code = world.code_sent_to(driver.person.phone).await;
    let body = json!({ "document_sha256": paper["to_sign_sha256"], "code": code, "ink": people::ink(),
                       "read_s": 9, "scrolled_to_end": true });
    let path = driver.path(&format!("papers/{number}/signatures"));
    driver.client.post(&path, &body).await.ok()
}

async fn a_settled_case(world: &World) -> (Driver, Driver, Officer) {
    let (first, second, officer) = world.an_issued_finding().await;
    first.signs(world).await;
    second.signs(world).await;
    (first, second, officer)
}

on_both_databases! {
    async fn handing_a_case_to_the_field_makes_the_transfer_sheet_and_only_the_desk_reads_it(world) {
        let (first, _, officer) = world.a_claimed_case().await;
        let body = json!({ "reason": "当事人疑似饮酒" });
        officer.client.post(&first.path("escalation"), &body).await.ok();
        let all = papers(&officer.client, &first).await;
        assert_eq!(kinds(&all), ["transfer"]);
        let sheet = pdf_text(&document(&officer.client, &first, &all[0]).await).await;
        for wanted in ["道路交通事故移交单", "当事人疑似饮酒", "王建国", "李䶮", "北纬29.713600°"] {
            assert!(sheet.contains(wanted), "{wanted}: {sheet}");
        }
        assert!(papers(&first.client, &first).await.is_empty());
        let path = first.path(&format!("papers/{}/document.pdf", text(&all[0]["number"])));
        first.client.get(&path).await.problem(404, "not_found");
        assert_eq!(audit(&world.system.app.db).await.unwrap().findings, vec![]);
    }

    async fn each_party_is_told_what_the_plan_gives_them_and_nobody_reads_the_others_notice(world) {
        let (first, second, officer) = a_settled_case(world).await;
        let all = papers(&officer.client, &first).await;
        assert_eq!(kinds(&all), ["settlement", "settlement"]);
        let own = papers(&second.client, &second).await;
        assert_eq!(kinds(&own), ["settlement"]);
        let notice = pdf_text(&document(&second.client, &second, &own[0]).await).await;
        for wanted in ["赔付结果告知书", "乙方李䶮：", "1,500.00", "人保", "依据", "您不需要自行承担费用"] {
            assert!(notice.contains(wanted), "{wanted}: {notice}");
        }
        // Whatever else is done to the case, nobody is told twice.
        let closing = json!({ "seen": officer.version(&first).await, "closing_code": "1", "mediation_code": "1", "note": "按理算结果履行" });
        officer.client.post(&first.path("closing"), &closing).await.ok();
        assert_eq!(papers(&officer.client, &first).await.len(), 2);
    }

    async fn a_finding_taken_back_is_told_with_its_old_number(world) {
        let (first, _, officer) = world.an_issued_finding().await;
        let number = text(&officer.view(&first).await["finding"]["number"]);
        let void = json!({ "seen": officer.version(&first).await, "reason": "号牌号码录入有误" });
        officer.client.post(&first.path("voiding"), &void).await.ok();
        let own = papers(&first.client, &first).await;
        assert_eq!(kinds(&own), ["void"]);
        let notice = pdf_text(&document(&first.client, &first, &own[0]).await).await;
        assert!(notice.contains(&format!("原编号{number}")) && notice.contains("号牌号码录入有误"), "{notice}");
    }

    async fn whoever_asks_for_review_signs_the_application_and_only_they_and_the_desk_read_it(world) {
        let (first, second, officer) = a_settled_case(world).await;
        let body = json!({ "application": { "request": "撤销原认定，重新认定责任", "reasons": "前车突然倒车，认定书没有写",
                                            "evidence_text": "行车记录仪视频一段" } });
        first.client.post(&first.path("review"), &body).await.ok();
        let own = papers(&first.client, &first).await;
        assert_eq!(kinds(&own), ["settlement", "review"]);
        assert_eq!(kinds(&papers(&second.client, &second).await), ["settlement"]);
        let page = pdf_text(&document(&first.client, &first, &own[1]).await).await;
        for wanted in ["复核申请书", "王建国", "重新认定责任", "前车突然倒车", "行车记录仪视频一段"] {
            assert!(page.contains(wanted), "{wanted}: {page}");
        }
        let listed = signs(world, &first, &own[1]).await;
        let signed = &listed["papers"][1];
        assert_eq!(signed["signatures"][0]["state"], "signed", "{signed}");
        let page = document(&officer.client, &first, signed).await;
        let authority = world.system.app.ready_to_sign().await.unwrap();
        let pem = pades::keys::certificate_pem(authority.certificate()).unwrap();
        let anchors = pades::verify::Anchors::from_pem(&pem).unwrap();
        let report = pades::verify::verify(&page, &anchors, world.system.app.clock.now().into_inner());
        assert!(report.is_valid() && report.signatures.iter().any(|one| one.by.as_deref() == Some("王建国")), "{:?}", report.lines());
    }

    async fn a_figure_that_binds_makes_the_assessment_sheet_and_its_owner_signs_it(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        let items = json!([{ "part": "后保险杠", "operation": "replace", "quantity": 2,
                             "unit_price_fen": 60_000, "labour_fen": 30_000 }]);
        let body = json!({ "party_id": second.party, "supplements": null, "items": items, "photos": [], "note": null });
        officer.client.post(&first.path("assessments"), &body).await.ok();
        let view = officer.view(&first).await;
        let own = papers(&second.client, &second).await;
        assert_eq!(view["assessments"][0]["state"], "binding", "{view}");
        assert_eq!(kinds(&own), ["assessment"]);
        let sheet = pdf_text(&document(&second.client, &second, &own[0]).await).await;
        for wanted in ["机动车损失定损单", "后保险杠×2更换1,200.00300.001,500.00", "壹仟伍佰元整", "乙方李䶮"] {
            assert!(sheet.contains(wanted), "{wanted}: {sheet}");
        }
        assert!(papers(&first.client, &first).await.is_empty());
        let signed = signs(world, &second, &own[0]).await;
        assert_eq!(signed["papers"][0]["signatures"][0]["state"], "signed");
        assert_eq!(signed["papers"][0]["revision"], 2);
        let after = document(&second.client, &second, &own[0]).await;
        let before = officer.client.get(&format!("{}?sha256={}",
            first.path(&format!("papers/{}/document.pdf", text(&own[0]["number"]))), text(&own[0]["to_sign_sha256"]))).await;
        assert!(after.starts_with(&before.bytes) && after.len() > before.bytes.len());
    }

    async fn parties_who_agree_sign_one_paper_and_a_refusal_is_noted_on_it(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        let draft = officer.client.post(&first.path("paper-draft.pdf"), &agreement(&first, &second)).await;
        assert!(pdf_text(&draft.bytes).await.contains("草稿无效"));
        let issued = officer.client.post(&first.path("papers"), &agreement(&first, &second)).await.ok();
        let paper = issued["papers"][0].clone();
        let page = pdf_text(&document(&first.client, &first, &paper).await).await;
        for wanted in ["自行协商协议书", "■追尾碰撞", "■未保持安全车距与前车追尾", "■全部责任", "■无责任", "1,500.00元"] {
            assert!(page.contains(wanted), "{wanted}: {page}");
        }
        let signed = signs(world, &first, &paper).await;
        assert_eq!(signed["papers"][0]["to_sign"], false);
        let refusal = json!({ "party_id": second.party, "what": "sign", "reason": "想再考虑" });
        let path = first.path(&format!("papers/{}/refusals", text(&paper["number"])));
        let noted = officer.client.post(&path, &refusal).await.ok();
        let states: Vec<_> = noted["papers"][0]["signatures"].as_array().unwrap().iter().map(|s| s["state"].clone()).collect();
        assert_eq!(states, ["signed", "refused"]);
        assert!(pdf_text(&document(&first.client, &first, &paper).await).await.contains("拒绝签字。原因：想再考虑"));
        // What somebody signed stays as it is.
        officer.client.post(&first.path("papers"), &agreement(&first, &second)).await.problem(409, "paper_signed");
    }

    async fn an_agreement_that_only_an_officer_could_find_is_refused_with_the_field(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        let mut body = agreement(&first, &second);
        body["agreed"]["parties"][1]["liability"] = json!("full");
        let refused = officer.client.post(&first.path("papers"), &body).await.names("agreed.parties");
        assert!(refused.to_string().contains("liability"), "{refused}");
        body["agreed"]["parties"].as_array_mut().unwrap().truncate(1);
        officer.client.post(&first.path("papers"), &body).await.names("agreed.parties");
        officer.client.post(&first.path("papers"), &json!({ "kind": "void" })).await.problem(409, "paper_not_called_for");
    }

    async fn a_character_that_no_font_has_stops_no_deed_and_is_named_with_the_paper(world) {
        let (first, _, officer) = world.a_claimed_case().await;
        let body = json!({ "reason": "当事人疑似饮酒\u{2E5D}" });
        officer.client.post(&first.path("escalation"), &body).await.ok();
        let listed = officer.client.get(&first.path("papers")).await.ok();
        assert_eq!(listed["papers"], json!([]));
        assert_eq!(listed["undrawn"][0]["kind"], "transfer");
        let message = text(&listed["undrawn"][0]["message"]);
        assert!(message.contains("U+2E5D"), "{message}");
        assert_eq!(officer.view(&first).await["stage"], "escalated");
        assert_eq!(audit(&world.system.app.db).await.unwrap().findings, vec![]);
    }

    async fn a_mediation_record_is_issued_when_the_officer_wants_one(world) {
        let (first, second, officer) = a_settled_case(world).await;
        for driver in [&first, &second] {
            driver.client.post(&driver.path("mediation/wishes"), &json!({ "wanted": true })).await.ok();
        }
        let asked = json!({ "kind": "mediation" });
        let answer = officer.client.post(&first.path("papers"), &asked).await;
        let record = answer.ok();
        let record = record["papers"].as_array().unwrap().iter().find(|paper| paper["kind"] == "mediation").unwrap().clone();
        let page = pdf_text(&document(&second.client, &second, &record).await).await;
        for wanted in ["损害赔偿调解记录", "甲方申请调解", "乙方申请调解", "调解尚未结束"] {
            assert!(page.contains(wanted), "{wanted}: {page}");
        }
    }
}
