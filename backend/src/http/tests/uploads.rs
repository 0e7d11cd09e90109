//! Photos in pieces, over cuts, and what is not a photo.

use axum::body::{Body, Bytes};
use axum::http::{Request, Response, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::evidence::{Evidence, EvidenceKind};
use domain::fact::Fact;
use domain::id::{EvidenceId, Sha256Hex};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use super::world::{World, nobody, refused, report, sign_in};
use crate::app::Scope;
use crate::config::{PHOTO_BYTES_MAX, PHOTOS_MAX};
use crate::identity::sessions::{For, Whose};
use crate::images::tests::{jpeg, png_header};
use crate::on_both;

fn metadata(pairs: &[(&str, &str)]) -> String {
    pairs
        .iter()
        .map(|(key, value)| format!("{key} {}", STANDARD.encode(value)))
        .collect::<Vec<_>>()
        .join(",")
}

async fn announce(world: &World, length: u64, sha256: &Sha256Hex) -> Response<Body> {
    let path = format!("/api/v1/accidents/{}/uploads", world.accident);
    let about = metadata(&[("kind", "photo"), ("shot", "impact"), ("sha256", sha256.as_str())]);
    let request = Request::post(path)
        .header("tus-resumable", "1.0.0")
        .header("upload-length", length)
        .header("upload-metadata", about);
    world.send(&world.driver, request, Body::empty()).await
}

/// Announces `bytes` and answers where they go.
async fn begin(world: &World, bytes: &[u8]) -> String {
    let response = announce(world, u64::try_from(bytes.len()).unwrap(), &Sha256Hex::of(bytes)).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(
        response.headers()["upload-expires"],
        "Mon, 02 Mar 2026 08:00:00 GMT"
    );
    response.headers()["location"].to_str().unwrap().to_owned()
}

async fn patch(world: &World, upload: &str, offset: usize, body: Body) -> Response<Body> {
    let request = Request::patch(upload)
        .header("tus-resumable", "1.0.0")
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", offset);
    world.send(&world.driver, request, body).await
}

async fn head(world: &World, cookie: &str, upload: &str) -> Response<Body> {
    world
        .send(
            cookie,
            Request::head(upload).header("tus-resumable", "1.0.0"),
            Body::empty(),
        )
        .await
}

async fn offset(world: &World, upload: &str) -> usize {
    let response = head(world, &world.driver, upload).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["tus-resumable"], "1.0.0");
    response.headers()["upload-offset"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap()
}

/// Sends a whole file in one piece and answers the refusal; nothing of it may stay.
async fn refusal_of(world: &World, bytes: Vec<u8>) -> (StatusCode, String) {
    let upload = begin(world, &bytes).await;
    let answer = refused(patch(world, &upload, 0, bytes.into()).await).await;
    assert_eq!(
        head(world, &world.driver, &upload).await.status(),
        StatusCode::NOT_FOUND
    );
    answer
}

async fn evidence(world: &World) -> Vec<Evidence> {
    world
        .app
        .look(world.accident, &Scope::Service)
        .await
        .unwrap()
        .evidence
}

on_both! {
    async fn a_photo_sent_in_two_pieces_becomes_evidence_once(db: Db) {
        let world = World::new(db).await;
        let photo = jpeg(320, 240);
        let upload = begin(&world, &photo).await;
        let half = photo.len() / 2;
        let first = patch(&world, &upload, 0, photo[..half].to_vec().into()).await;
        assert_eq!(first.headers()["upload-offset"], half.to_string().as_str());
        assert_eq!(first.headers().get("evidence-id"), None);
        let last = patch(&world, &upload, half, photo[half..].to_vec().into()).await;
        assert_eq!(last.status(), StatusCode::NO_CONTENT);
        let named = last.headers()["evidence-id"].to_str().unwrap().to_owned();

        let again = patch(&world, &upload, photo.len(), Body::empty()).await;
        assert_eq!(again.headers()["evidence-id"], named.as_str(), "the answer was lost, not the photo");
        let evidence = evidence(&world).await;
        assert_eq!(evidence.len(), 1);
        let taken = &evidence[0];
        assert_eq!((taken.id.to_string(), &taken.sha256), (named, &Sha256Hex::of(&photo)));
        assert_eq!((taken.width, taken.height, taken.party), (Some(320), Some(240), Some(world.party)));
        assert_eq!(world.app.blobs.get(&taken.sha256).await.unwrap().unwrap(), photo);
    }

    async fn what_a_broken_connection_brought_is_kept(db: Db) {
        let world = World::new(db).await;
        let photo = jpeg(1200, 1200);
        assert!(photo.len() > 100_000, "{}", photo.len());
        let upload = begin(&world, &photo).await;

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = world.router.clone();
        let serving = tokio::spawn(async move { axum::serve(listener, router).await });
        let mut connection = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "PATCH {upload} HTTP/1.1\r\nhost: here\r\ncookie: {}\r\ntus-resumable: 1.0.0\r\nupload-offset: 0\r\n\
             content-type: application/offset+octet-stream\r\ncontent-length: {}\r\n\r\n",
            world.driver,
            photo.len()
        );
        connection.write_all(head.as_bytes()).await.unwrap();
        connection.write_all(&photo[..100_000]).await.unwrap();
        drop(connection);

        let kept = async { while offset(&world, &upload).await < 100_000 {} };
        tokio::time::timeout(std::time::Duration::from_secs(30), kept).await.unwrap();
        serving.abort();
        assert_eq!(offset(&world, &upload).await, 100_000);
        let rest = patch(&world, &upload, 100_000, photo[100_000..].to_vec().into()).await;
        assert_eq!(rest.status(), StatusCode::NO_CONTENT);
        assert_eq!(evidence(&world).await[0].sha256, Sha256Hex::of(&photo));
    }

    async fn a_piece_that_does_not_fit_the_mark_changes_nothing(db: Db) {
        let world = World::new(db).await;
        let photo = jpeg(64, 64);
        let upload = begin(&world, &photo).await;
        let broken = futures_util::stream::iter([
            Ok(Bytes::copy_from_slice(&photo[..10])),
            Err(std::io::Error::other("the tunnel")),
        ]);
        let cut = refused(patch(&world, &upload, 0, Body::from_stream(broken)).await).await;
        assert_eq!(cut, (StatusCode::BAD_REQUEST, "incomplete_body".to_owned()));
        for wrong in [0, 11] {
            let answer = refused(patch(&world, &upload, wrong, photo.clone().into()).await).await;
            assert_eq!(answer, (StatusCode::CONFLICT, "offset_mismatch".to_owned()));
        }
        let long = refused(patch(&world, &upload, 10, photo.clone().into()).await).await;
        assert_eq!(long, (StatusCode::PAYLOAD_TOO_LARGE, "too_large".to_owned()));
        assert_eq!(offset(&world, &upload).await, 10);
    }

    async fn a_file_that_is_not_the_announced_photo_is_refused_and_gone(db: Db) {
        let world = World::new(db).await;
        let (unprocessable, unsupported) = (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let pdf = b"%PDF-1.7 calls itself a photo".to_vec();
        assert_eq!(refusal_of(&world, pdf).await, (unsupported, "unsupported_media_type".to_owned()));
        let huge = png_header(10_000, 10_000);
        assert_eq!(refusal_of(&world, huge).await, (unprocessable, "image_too_large".to_owned()));

        let photo = jpeg(64, 64);
        let mut altered = photo.clone();
        *altered.last_mut().unwrap() ^= 1;
        let upload = begin(&world, &photo).await;
        let answer = refused(patch(&world, &upload, 0, altered.into()).await).await;
        assert_eq!(answer, (unprocessable, "digest_mismatch".to_owned()));
        assert_eq!(head(&world, &world.driver, &upload).await.status(), StatusCode::NOT_FOUND);
        assert!(evidence(&world).await.is_empty());
    }

    async fn the_fifty_first_photo_and_the_sixteenth_megabyte_are_refused_before_they_are_sent(db: Db) {
        let world = World::new(db).await;
        let sha256 = Sha256Hex::of(b"photo");
        let large = refused(announce(&world, PHOTO_BYTES_MAX + 1, &sha256).await).await;
        assert_eq!(large, (StatusCode::PAYLOAD_TOO_LARGE, "too_large".to_owned()));
        for _ in 0..PHOTOS_MAX {
            let evidence = Evidence {
                id: EvidenceId(world.app.new_id()),
                kind: EvidenceKind::Photo,
                shot: None,
                party: Some(world.party),
                still: None,
                preview_of: None,
                sha256: sha256.clone(),
                bytes: 5,
                media_type: "image/jpeg".to_owned(),
                width: Some(1),
                height: Some(1),
                taken_at: None,
                received_at: world.app.clock.now(),
                position: None,
            };
            world.happen(Fact::EvidenceTaken { evidence }).await;
        }
        let one_more = refused(announce(&world, 5, &sha256).await).await;
        assert_eq!(one_more, (StatusCode::CONFLICT, "photo_limit".to_owned()));
    }
}

#[tokio::test]
async fn an_upload_belongs_to_whoever_began_it() {
    let test = crate::store::testing::sqlite().await;
    let world = World::new(test.db.clone()).await;
    let upload = begin(&world, &jpeg(64, 64)).await;
    let (other, party) = report(&world.app).await;
    let stranger = sign_in(&world.app, Whose::Driver, For::Driver(other, party)).await;
    for cookie in [&stranger, &world.officer] {
        assert_eq!(
            head(&world, cookie, &upload).await.status(),
            StatusCode::NOT_FOUND
        );
    }
    assert_eq!(head(&world, "", &upload).await.status(), StatusCode::UNAUTHORIZED);
    let unknown = format!("/api/v1/uploads/{}", nobody());
    assert_eq!(
        head(&world, &world.driver, &unknown).await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn another_protocol_version_is_told_ours() {
    let test = crate::store::testing::sqlite().await;
    let world = World::new(test.db.clone()).await;
    let path = format!("/api/v1/accidents/{}/uploads", world.accident);
    let old = Request::post(&path).header("tus-resumable", "0.2.2");
    let response = world.send(&world.driver, old, Body::empty()).await;
    assert_eq!(response.headers()["tus-version"], "1.0.0");
    assert_eq!(
        refused(response).await,
        (StatusCode::PRECONDITION_FAILED, "tus_version".to_owned())
    );

    let abilities = world.send("", Request::options(&path), Body::empty()).await;
    assert_eq!(abilities.headers()["tus-extension"], "creation,expiration");
    assert_eq!(
        abilities.headers()["tus-max-size"],
        PHOTO_BYTES_MAX.to_string().as_str()
    );
}
