//! Signatures in the file: everybody's own, checked by our verification and by a program that is not ours; order,
//! crowds, refusal, injury, mediation, taking back, time stamps, seals that end.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::path::Path;
use std::process::Command;

use pades::verify::{Anchors, Kind, Report, verify};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::acting::{Driver, Officer};
use tests::on_both_databases;
use tests::world::World;

async fn anchors(world: &World) -> Anchors {
    let pem = world.anyone().bytes_of("/pki/ca.pem").await;
    Anchors::from_pem(std::str::from_utf8(&pem).unwrap()).unwrap()
}

async fn page(driver: &Driver) -> Vec<u8> {
    driver.client.get(&driver.path("finding.pdf")).await.whole()
}

async fn judged(world: &World, pdf: &[u8]) -> Report {
    let at = world.now().parse::<domain::time::Instant>().unwrap();
    let report = verify(pdf, &anchors(world).await, at.into_inner());
    assert!(report.is_valid(), "{:#?}", report.lines());
    report
}

fn fields(report: &Report) -> Vec<&str> {
    report
        .signatures
        .iter()
        .map(|signature| signature.field.as_str())
        .collect()
}

/// What `program` says of the file.
fn asked(program: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("finding.pdf");
    std::fs::write(&file, pdf).unwrap();
    let said = Command::new(program).args(arguments).arg(&file).arg("-").output();
    let said = said.unwrap_or_else(|error| panic!("{program}: {error}"));
    String::from_utf8_lossy(&said.stdout).into_owned()
}

async fn revokes(world: &World, driver: &Driver, serial: &Value, reason: &str) -> Value {
    let body = json!({ "serial": serial, "reason": reason });
    let supervisor = world.supervisor().await;
    let path = driver.path("signature-revocations");
    supervisor.client.post(&path, &body).await.ok()
}

async fn signatures(officer: &Officer, driver: &Driver) -> Value {
    officer.client.get(&driver.path("signatures")).await.ok()
}

on_both_databases! {
    async fn everybody_signs_in_the_file_itself_and_each_revision_holds(world) {
        let (first, second, officer) = world.an_issued_finding().await;
        let issued = page(&first).await;
        let report = judged(world, &issued).await;
        assert_eq!(fields(&report), ["unit", "officer"]);
        assert_eq!(report.signatures[0].kind, Kind::Certification);
        assert_eq!(report.open_fields, ["party-1", "party-2"]);

        second.signs(world).await;
        let half = page(&second).await;
        assert!(half.starts_with(&issued), "what somebody saw stays byte for byte");
        assert_eq!(fields(&judged(world, &half).await), ["unit", "officer", "party-2"]);

        first.signs(world).await;
        let whole = page(&first).await;
        assert!(whole.starts_with(&half));
        let report = judged(world, &whole).await;
        assert_eq!(fields(&report), ["unit", "officer", "party-2", "party-1"]);
        assert!(report.signatures[3].by.as_deref().unwrap().contains("王建国"));

        // The evidence that a certificate carries is kept, and says what was shown and drawn.
        let told = signatures(&officer, &first).await;
        let mine = &told["signatures"][0];
        assert_eq!(mine["circumstances"]["order"], 2);
        let event = &mine["events"][0];
        assert_eq!(report.signatures[3].evidence.as_deref(), event["evidence_sha256"].as_str());
        let evidence = world.blob(event["evidence_sha256"].as_str().unwrap()).await;
        let evidence: Value = serde_json::from_slice(&evidence).unwrap();
        assert_eq!(evidence["document_sha256"], first.view().await["finding"]["to_sign_sha256"]);
        let ink = world.blob(evidence["ink_sha256"].as_str().unwrap()).await;
        assert!(serde_json::from_slice::<Value>(&ink).unwrap()["strokes"].is_array());
    }

    async fn a_slightly_injured_party_signs_the_declaration_in_the_same_deed(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        let mut hurt = json!({ "party": second.person.party() });
        hurt["party"]["injured"] = json!("slight");
        officer.client.put(&second.path(&format!("parties/{}", second.party)), &hurt).await.ok();
        officer.assesses(&first, 100_000).await;
        officer.assesses(&second, 150_000).await;
        for driver in [&first, &second] {
            driver.agrees(world, "slight_injury", true).await;
        }
        officer.decides_rear_end(&first, &second).await;
        officer.issues(&first).await;
        second.signs(world).await;
        let report = judged(world, &page(&first).await).await;
        assert_eq!(fields(&report), ["unit", "officer", "party-2", "injury-1"]);
        let serials: Vec<_> = report.signatures.iter().map(|s| s.certificate.as_ref().unwrap().serial.clone()).collect();
        assert_ne!(serials[2], serials[3], "every place has an event certificate of its own");
    }

    async fn two_who_sign_at_the_same_moment_both_have_signed(world) {
        let (first, second, _) = world.an_issued_finding().await;
        let (one, other) = (first.signature(world).await, second.signature(world).await);
        let (one_path, other_path) = (first.path("signatures"), second.path("signatures"));
        let (one, other) = tokio::join!(
            first.client.post(&one_path, &one),
            second.client.post(&other_path, &other)
        );
        one.ok();
        other.ok();
        let view = first.view().await;
        assert_eq!(view["stage"], "settling");
        let report = judged(world, &page(&first).await).await;
        assert_eq!(report.signatures.len(), 4);
    }

    async fn a_refusal_is_signed_by_the_officer_in_the_party_s_place(world) {
        let (first, second, officer) = world.an_issued_finding().await;
        first.signs(world).await;
        let refusal = json!({ "party_id": second.party, "what": "sign", "reason": "对事实有异议" });
        officer.client.post(&second.path("refusals"), &refusal).await.ok();
        let pdf = page(&first).await;
        let report = judged(world, &pdf).await;
        assert_eq!(fields(&report), ["unit", "officer", "party-1", "party-2"]);
        assert_eq!(report.signatures[3].by, report.signatures[1].by, "the officer, not the party");
        let text = asked("pdftotext", &["-layout"], &pdf);
        assert!(text.contains("拒绝签字") && text.contains("对事实有异议"), "{text}");
    }

    async fn a_result_of_mediation_is_a_page_of_its_own_and_names_the_one_that_was_signed(world) {
        let (first, second, officer) = world.an_issued_finding().await;
        first.signs(world).await;
        second.signs(world).await;
        let signed = first.view().await["finding"]["document"]["sha256"].clone();
        for driver in [&first, &second] {
            let wish = json!({ "wanted": true });
            driver.client.post(&driver.path("mediation/wishes"), &wish).await.ok();
        }
        let terms = json!({ "payments": [{ "payer": "甲", "payee": "乙", "amount_fen": 5_000 }],
            "text": "甲方赔偿乙方50.00元，微信转账，七日内付清。", "performance": "微信转账", "deadline": { "kind": "within", "days": 7 },
            "over_loss_reason": null });
        let proposal = json!({ "seen": officer.version(&first).await, "terms": terms });
        let answer = officer.client.post(&first.path("mediation/proposal"), &proposal).await;
        let view = answer.ok();
        let pdf = page(&first).await;
        let report = judged(world, &pdf).await;
        assert_eq!(fields(&report), ["unit", "officer"], "{view}");
        assert_eq!(report.open_fields, ["mediation-1", "mediation-2"]);
        let text = asked("pdftotext", &[], &pdf).replace(['\n', ' '], "");
        assert!(text.contains(signed.as_str().unwrap()), "{text}");
    }

    async fn a_supervisor_takes_a_signature_back_and_everybody_can_know(world) {
        let (first, second, officer) = world.an_issued_finding().await;
        first.signs(world).await;
        second.signs(world).await;
        let serial = signatures(&officer, &first).await["signatures"][0]["events"][0]["serial"].clone();
        let body = json!({ "serial": serial, "reason": "经核实系他人冒签" });
        officer.client.post(&first.path("signature-revocations"), &body).await.problem(403, "supervisor_only");
        revokes(world, &first, &serial, "经核实系他人冒签").await;

        let list = world.anyone().bytes_of("/pki/crl").await;
        let anchors = anchors(world).await.with_revocations(&list).unwrap();
        let at = world.now().parse::<domain::time::Instant>().unwrap();
        let report = verify(&page(&first).await, &anchors, at.into_inner());
        assert!(report.has(pades::verify::Code::Revoked), "{:#?}", report.lines());

        let url = first.view().await["finding"]["verify_url"].as_str().unwrap().replacen("/v/", "/verification/", 1);
        let told = world.anyone().get(&url).await.ok();
        assert!(told["signatures"][0]["revoked_at"].is_string(), "{told}");
        assert_eq!(told["signatures"][1]["revoked_at"], Value::Null);
        assert_eq!(told["signatures"][0]["name"], "王**");
        assert!(told["seal"]["subject"].as_str().unwrap().contains("大队"), "{told}");
    }

    async fn a_file_says_itself_which_finding_it_is_and_what_was_done_to_it(world) {
        let (first, second, _) = world.an_issued_finding().await;
        let early = page(&first).await;
        first.signs(world).await;
        second.signs(world).await;
        let whole = page(&first).await;
        let number = first.view().await["finding"]["number"].clone();
        let ask = |pdf: Vec<u8>| async move { world.anyone().uploads("/verification", &pdf).await };

        let same = ask(whole.clone()).await;
        assert_eq!((&same["finding"]["number"], &same["compared"], &same["state"]), (&number, &json!("same"), &json!("valid")), "{same}");
        let earlier = ask(early).await;
        assert_eq!((&earlier["compared"], &earlier["state"]), (&json!("earlier"), &json!("outdated")));

        let mut longer = whole.clone();
        longer.extend_from_slice(b"% and a word more\n");
        let other = ask(longer).await;
        assert_eq!((&other["compared"], &other["state"]), (&json!("other"), &json!("altered")), "{other}");
        let stranger = ask(b"%PDF-1.7 nobody's".to_vec()).await;
        assert_eq!((&stranger["finding"], &stranger["state"]), (&Value::Null, &json!("unsigned")), "{stranger}");
    }
}

#[tokio::test]
async fn poppler_finds_every_signature_whole() {
    let world = World::on_sqlite().await;
    let (first, second, _) = world.an_issued_finding().await;
    second.signs(&world).await;
    first.signs(&world).await;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("finding.pdf");
    std::fs::write(&file, page(&first).await).unwrap();
    let said = pdfsig(&file);
    assert_eq!(said.matches("Signature is Valid").count(), 4, "{said}");
    let text = asked("pdftotext", &["-layout"], &std::fs::read(&file).unwrap());
    assert!(text.contains("道路交通事故认定书"), "{text}");
    world.ends().await;
}

fn pdfsig(file: &Path) -> String {
    let said = Command::new("pdfsig")
        .arg("-nocert")
        .arg(file)
        .output()
        .expect("pdfsig");
    String::from_utf8_lossy(&said.stdout).into_owned()
}
