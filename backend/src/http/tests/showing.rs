//! Photos as they are shown, the public page behind a finding's QR code, and the API's own description.

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode};
use domain::evidence::{Evidence, EvidenceKind};
use domain::fact::Fact;
use domain::id::{EvidenceId, FindingId, PartyId, Sha256Hex};
use serde_json::Value;

use super::world::{World, refused};
use crate::images::tests::jpeg;
use crate::on_both;
use crate::store::documents::{self, DocumentRow};
use crate::store::findings::{self, FindingRow};

const NUMBER: &str = "330681202600001";
const CODE: &str = "7K2M9QXW4T";

async fn photo_of(world: &World, party: PartyId, bytes: Vec<u8>) -> String {
    let id = EvidenceId(world.app.new_id());
    let length = u64::try_from(bytes.len()).unwrap();
    let evidence = Evidence {
        id,
        kind: EvidenceKind::Photo,
        shot: None,
        party: Some(party),
        still: None,
        preview_of: None,
        sha256: world.app.blobs.put(bytes).await.unwrap(),
        bytes: length,
        media_type: "image/jpeg".to_owned(),
        width: None,
        height: None,
        taken_at: None,
        received_at: world.app.clock.now(),
        position: None,
    };
    world.happen(Fact::EvidenceTaken { evidence }).await;
    format!("/api/v1/accidents/{}/evidence/{id}", world.accident)
}

async fn bytes(response: Response<Body>) -> Vec<u8> {
    assert_eq!(response.status(), StatusCode::OK);
    to_bytes(response.into_body(), 1 << 26).await.unwrap().to_vec()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), 1 << 26).await.unwrap().to_vec()).unwrap()
}

async fn issue(world: &World, pdf: &[u8]) {
    let now = world.app.clock.now();
    let sha256 = Sha256Hex::of(pdf);
    let mut tx = world.app.db.write().await.unwrap();
    let document = DocumentRow {
        sha256: sha256.clone(),
        media_type: "application/pdf".to_owned(),
        bytes: u64::try_from(pdf.len()).unwrap(),
        created_at: now,
    };
    documents::insert_if_new(&mut tx, &document).await.unwrap();
    let finding = FindingRow {
        number: NUMBER.to_owned(),
        id: FindingId(world.app.new_id()),
        accident_id: world.accident,
        check_code: CODE.to_owned(),
        state: "issued".to_owned(),
        issued_at: now,
        voided_at: None,
        sha256,
    };
    findings::insert(&mut tx, &finding).await.unwrap();
    tx.commit().await.unwrap();
}

async fn compare(world: &World, file: &[u8]) -> Response<Body> {
    let head = "--frontier\r\ncontent-disposition: form-data; name=\"document\"; filename=\"a.pdf\"\r\n\r\n";
    let body = [head.as_bytes(), file, b"\r\n--frontier--\r\n"].concat();
    let request = Request::post(format!("/v/{NUMBER}?c={CODE}"))
        .header("content-type", "multipart/form-data; boundary=frontier");
    world.send("", request, body.into()).await
}

on_both! {
    async fn a_photo_is_shown_smaller_and_its_original_is_for_the_desk(db: Db) {
        let world = World::new(db).await;
        let original = jpeg(2000, 1000);
        let path = photo_of(&world, world.party, original.clone()).await;
        for _ in 0..2 {
            let shown = image::load_from_memory(&bytes(world.get(&world.driver, &path).await).await).unwrap();
            assert_eq!((shown.width(), shown.height()), (1600, 800));
        }
        let asked = format!("{path}?original=1");
        assert_eq!(bytes(world.get(&world.officer, &asked).await).await, original);
        let refusal = refused(world.get(&world.driver, &asked).await).await;
        assert_eq!(refusal, (StatusCode::FORBIDDEN, "originals_for_officers".to_owned()));
    }

    async fn a_driver_does_not_see_the_other_partys_photos(db: Db) {
        let world = World::new(db).await;
        let other = PartyId(world.app.new_id());
        world.happen(Fact::PartyJoined { party: other }).await;
        let path = photo_of(&world, other, jpeg(64, 64)).await;
        let answer = refused(world.get(&world.driver, &path).await).await;
        assert_eq!(answer, (StatusCode::NOT_FOUND, "not_found".to_owned()));
        assert_eq!(world.get(&world.officer, &path).await.status(), StatusCode::OK);
    }

    async fn a_finding_is_verified_by_number_and_code_and_by_neither_alone(db: Db) {
        let world = World::new(db).await;
        issue(&world, b"%PDF-1.7 the finding").await;
        let page = text(world.get("", &format!("/v/{NUMBER}?c={CODE}")).await).await;
        assert!(page.contains("有效") && page.contains(NUMBER) && page.contains("诸暨市公安局"), "{page}");
        assert!(!page.contains("<script"), "{page}");
        let json = bytes(world.get("", &format!("/api/v1/verification/{NUMBER}?c={CODE}")).await).await;
        let json: Value = serde_json::from_slice(&json).unwrap();
        assert_eq!((json["state"].as_str(), json["sha256"].as_str()), (
            Some("issued"),
            Some(Sha256Hex::of(b"%PDF-1.7 the finding").as_str()),
        ));

        let mut answers = Vec::new();
        for wrong in [format!("{NUMBER}?c=WRONG"), NUMBER.to_owned(), format!("330681202600002?c={CODE}")] {
            let response = world.get("", &format!("/v/{wrong}")).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{wrong}");
            answers.push(text(response).await);
            let json = refused(world.get("", &format!("/api/v1/verification/{wrong}")).await).await;
            assert_eq!(json, (StatusCode::NOT_FOUND, "not_found".to_owned()), "{wrong}");
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "a wrong code and an unknown number look the same");
    }
}

#[tokio::test]
async fn a_file_in_hand_is_compared_with_the_registered_one() {
    let test = crate::store::testing::sqlite().await;
    let world = World::new(test.db.clone()).await;
    issue(&world, b"%PDF-1.7 the finding").await;
    assert!(
        text(compare(&world, b"%PDF-1.7 the finding").await)
            .await
            .contains("一致：这就是登记的文件")
    );
    assert!(
        text(compare(&world, b"%PDF-1.7 the fending").await)
            .await
            .contains("不一致")
    );
    let thick = vec![b'x'; 4 * 1024 * 1024];
    assert!(
        text(compare(&world, &thick).await).await.contains("不一致"),
        "thicker than a json body may be"
    );
    let large = refused(compare(&world, &vec![b'x'; 5 * 1024 * 1024 + 1]).await).await;
    assert_eq!(large, (StatusCode::PAYLOAD_TOO_LARGE, "too_large".to_owned()));
    let plain = Request::post(format!("/v/{NUMBER}?c={CODE}")).header("content-type", "text/plain");
    let refusal = refused(world.send("", plain, "x".into()).await).await;
    assert_eq!(
        refusal,
        (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type".to_owned()
        )
    );
}

#[tokio::test]
async fn the_api_describes_itself_without_a_running_service() {
    let document = serde_json::to_value(crate::http::openapi::document()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    for path in [
        "/api/v1/uploads/{upload}",
        "/api/v1/events",
        "/api/v1/verification/{number}",
    ] {
        assert!(document["paths"].get(path).is_some(), "{path}");
    }
    for scheme in ["officer", "driver", "insurer"] {
        assert!(
            document["components"]["securitySchemes"].get(scheme).is_some(),
            "{scheme}"
        );
    }
    assert!(document["components"]["schemas"].get("Problem").is_some());
    let refused = &document["paths"]["/api/v1/events"]["get"]["responses"]["401"]["$ref"];
    assert_eq!(refused, "#/components/responses/Unauthenticated");
    let told = &document["components"]["responses"]["Unauthenticated"];
    assert_eq!(
        told["content"]["application/problem+json"]["schema"]["$ref"],
        "#/components/schemas/Problem"
    );
}
