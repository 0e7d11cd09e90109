//! A case leaves the house as one file that others can check: what is in it, who may have it, and that it is recorded.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use domain::id::Sha256Hex;
use pades::keys::certificate_pem;
use pades::verify::Anchors;
use serde_json::json;
use tests::acting::{Driver, Officer};
use tests::client::Answer;
use tests::on_both_databases;
use tests::upload::jpeg;
use tests::world::World;

const FOR: &str = "?reason=%E6%B3%95%E9%99%A2%E8%B0%83%E5%8F%96";

/// With a photo each, signed by one, refused by the other.
async fn a_case(world: &World) -> (Driver, Driver, Officer) {
    let (first, second, officer) = world.a_claimed_case().await;
    first.uploads(jpeg(1), &world.a_while_ago()).await;
    second.uploads(jpeg(2), &world.a_while_ago()).await;
    officer.assesses(&first, 100_000).await;
    officer.assesses(&second, 150_000).await;
    officer.decides_rear_end(&first, &second).await;
    officer.issues(&first).await;
    first.signs(world).await;
    let refusal = json!({ "party_id": second.party, "what": "sign", "reason": "不认可车速的认定" });
    officer.client.post(&first.path("refusals"), &refusal).await.ok();
    (first, second, officer)
}

async fn downloaded(officer: &Officer, driver: &Driver) -> Answer {
    officer
        .client
        .get(&driver.path(&format!("evidence-file{FOR}")))
        .await
}

async fn anchors(world: &World) -> (String, Anchors) {
    let authority = world.system.app.ready_to_sign().await.unwrap();
    let pem = certificate_pem(authority.certificate()).unwrap();
    let anchors = Anchors::from_pem(&pem).unwrap();
    (pem, anchors)
}

async fn checked(world: &World, file: &[u8]) -> dossier::Report {
    let now = world.system.app.clock.now().into_inner();
    dossier::verify(Cursor::new(file), &anchors(world).await.1, now, &mut |_, _| {}).unwrap()
}

/// What the program says; it must be content.
fn content(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let moaned = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}{moaned}");
    said
}

on_both_databases! {
    async fn a_case_is_downloaded_whole_and_holds_without_us(world) {
        let (first, _, officer) = a_case(world).await;
        let answer = downloaded(&officer, &first).await;
        assert_eq!(answer.status, 200, "{answer}");
        assert_eq!(answer.headers["content-type"], "application/zip");
        assert_eq!(answer.headers["content-length"].to_str().unwrap(), answer.bytes.len().to_string());
        let number = officer.view(&first).await["finding"]["number"].as_str().unwrap().to_owned();
        let name = answer.headers["content-disposition"].to_str().unwrap();
        assert!(name.starts_with("attachment; ") && name.contains(&number), "{name}");

        let report = checked(world, &answer.bytes).await;
        assert_eq!(report.troubles, []);
        assert!(report.valid && report.number == Some(number) && report.reason.as_deref() == Some("法院调取"));
        // As issued, with the first party's signature, with the refusal of the second; what each is told of the money.
        assert_eq!(report.documents.len(), 5);
        assert!(report.documents.iter().all(|document| document.valid));

        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("case.zip"), &answer.bytes).unwrap();
        fs::write(folder.path().join("trusted.pem"), anchors(world).await.0).unwrap();
        assert!(content(folder.path(), "unzip", &["-t", "case.zip"]).contains("No errors detected"));
        content(folder.path(), "unzip", &["-q", "case.zip"]);
        content(folder.path(), "sha256sum", &["--strict", "--quiet", "-c", "SHA256SUMS"]);
        let now_s = (world.system.app.clock.now().unix_micros() / 1_000_000).to_string();
        let verify = ["cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-in", "manifest.json.p7s",
                      "-content", "manifest.json", "-CAfile", "trusted.pem", "-out", "read", "-attime", &now_s];
        content(folder.path(), "openssl", &verify);
        let photos: Vec<_> = fs::read_dir(folder.path().join("photos")).unwrap().collect();
        assert_eq!(photos.len(), 2);
        let page = fs::read_to_string(folder.path().join("index.html")).unwrap();
        for said in ["王建国", "李䶮", "不认可车速的认定", "法院调取", "签名的笔迹数据", "（警号 "] {
            assert!(page.contains(said), "{said}");
        }
    }

    async fn each_download_is_recorded_with_who_and_what_for(world) {
        let (first, _, officer) = a_case(world).await;
        let before = officer.version(&first).await;
        downloaded(&officer, &first).await;
        downloaded(&officer, &first).await;
        assert_eq!(officer.version(&first).await, before + 2);
        let mut tx = world.system.app.db.read().await.unwrap();
        let facts = backend::store::facts::list(&mut tx, first.accident.parse().unwrap()).await.unwrap();
        let last = facts.last().unwrap();
        assert_eq!((last.kind.as_str(), last.body.as_str()), ("evidence_file_made", r#"{"reason":"法院调取"}"#));
        assert!(last.by_whom.starts_with("officer:"));
        let audit = backend::app::audit::audit(&world.system.app.db).await.unwrap();
        assert!(audit.is_whole(), "{audit:?}");
    }

    async fn nobody_gets_it_without_a_reason_or_without_the_case(world) {
        let (first, _, officer) = a_case(world).await;
        let path = first.path("evidence-file");
        officer.client.get(&path).await.names("reason");
        officer.client.get(&format!("{path}?reason=%20%20")).await.names("reason");
        let other = world.officer().await;
        downloaded(&other, &first).await.problem(409, "not_your_case");
        assert_eq!(downloaded(&world.supervisor().await, &first).await.status, 200);
        for nobody in [world.anyone(), first.client.clone(), world.insurer("PICC").await] {
            let refused = nobody.get(&format!("{path}{FOR}")).await;
            assert!([401, 403].contains(&refused.status), "{refused}");
        }
        let unknown = first.path("evidence-file").replace(&first.accident, "0195f0a0-0000-7000-8000-000000000009");
        officer.client.get(&format!("{unknown}{FOR}")).await.problem(404, "not_found");
    }

    async fn a_picture_that_was_altered_or_lost_on_the_disk_is_told_in_the_file(world) {
        let (first, _, officer) = a_case(world).await;
        let kept = |shade: u8| world.system.app.blobs.path(&Sha256Hex::of(&jpeg(shade)));
        fs::write(kept(1), b"retouched").unwrap();
        fs::remove_file(kept(2)).unwrap();
        let answer = downloaded(&officer, &first).await;
        assert_eq!(answer.headers["content-length"].to_str().unwrap(), answer.bytes.len().to_string());
        let report = checked(world, &answer.bytes).await;
        let codes: Vec<_> = report.troubles.iter().map(|trouble| trouble.code).collect();
        assert_eq!(codes, ["file_altered", "absent"]);
    }

    async fn the_command_writes_the_same_file_for_whoever_runs_the_house(world) {
        let (first, _, officer) = a_case(world).await;
        let number = officer.view(&first).await["finding"]["number"].as_str().unwrap().to_owned();
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("case.zip");
        kuaichu::dossier::write(&world.system.app, &number, &out, "存档").await.unwrap();
        let report = checked(world, &fs::read(&out).unwrap()).await;
        assert_eq!((report.troubles, report.made_by.as_deref()), (vec![], Some("系统管理员")));
        assert!(kuaichu::dossier::write(&world.system.app, "no such number", &out, "存档").await.is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half done is left");
    }
}
