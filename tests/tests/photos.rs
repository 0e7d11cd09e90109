//! Photos that are broken, cut off, too large or none at all; and whole ones, kept to the last byte.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use serde_json::Value;
use tests::acting::Driver;
use tests::on_both_databases;
use tests::people::{LI, WANG};
use tests::upload::{flat_png, jpeg, location, sha256};

/// What the case holds, as its driver sees it.
async fn evidence(driver: &Driver) -> Vec<Value> {
    driver.view().await["evidence"]
        .as_array()
        .expect("evidence is a list")
        .clone()
}

on_both_databases! {
    async fn a_photo_arrives_with_its_digest_and_can_be_seen(world) {
        let driver = world.reports(&WANG).await;
        let photo = jpeg(10);
        assert_eq!(driver.uploads(photo.clone(), &world.a_while_ago()).await.status, 204);
        let held = evidence(&driver).await;
        assert_eq!(held.len(), 1);
        assert_eq!(held[0]["sha256"], sha256(&photo));
        assert_eq!((&held[0]["width"], &held[0]["height"]), (&320.into(), &240.into()));
        let url = held[0]["url"].as_str().expect("evidence has an address");
        let seen = driver.client.send(driver.client.request(reqwest::Method::GET, url)).await;
        assert_eq!(seen.status, 200);
        assert!(seen.headers["content-type"].to_str().unwrap().starts_with("image/"));
    }

    async fn a_truncated_upload_goes_on_where_it_was_cut(world) {
        let driver = world.reports(&WANG).await;
        let photo = jpeg(20);
        let cut = photo.len() / 3;
        let upload = location(&driver.announces(photo.len(), &sha256(&photo), &world.a_while_ago()).await);
        assert_eq!(driver.sends(&upload, 0, photo[..cut].to_vec()).await.status, 204);
        assert_eq!(driver.arrived(&upload).await, Some(cut));
        assert_eq!(evidence(&driver).await.len(), 0);
        driver.sends(&upload, 0, photo.clone()).await.problem(409, "offset_mismatch");
        assert_eq!(driver.sends(&upload, cut, photo[cut..].to_vec()).await.status, 204);
        assert_eq!(evidence(&driver).await[0]["sha256"], sha256(&photo));
    }

    async fn what_is_not_a_photo_is_refused_whatever_it_calls_itself(world) {
        let driver = world.reports(&WANG).await;
        let pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n".to_vec();
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
        let empty_shell = jpeg(30)[..200].to_vec();
        for bytes in [pdf, svg, b"not a photo".to_vec(), empty_shell] {
            driver.uploads(bytes, &world.a_while_ago()).await.problem(415, "unsupported_media_type");
        }
        assert_eq!(evidence(&driver).await.len(), 0);
    }

    async fn a_hundred_megapixels_are_too_large_to_look_at(world) {
        let driver = world.reports(&WANG).await;
        driver.uploads(flat_png(10_000), &world.a_while_ago()).await.problem(422, "image_too_large");
        assert_eq!(evidence(&driver).await.len(), 0);
    }

    async fn a_photo_over_fifteen_mebibytes_is_not_even_begun(world) {
        let driver = world.reports(&WANG).await;
        let answer = driver.announces(15 * 1024 * 1024 + 1, &sha256(b""), &world.a_while_ago()).await;
        answer.problem(413, "too_large");
    }

    async fn bytes_that_are_not_the_announced_ones_are_refused(world) {
        let driver = world.reports(&WANG).await;
        let (announced, sent) = (jpeg(40), jpeg(41));
        let upload = location(&driver.announces(sent.len(), &sha256(&announced), &world.a_while_ago()).await);
        driver.sends(&upload, 0, sent).await.problem(422, "digest_mismatch");
        assert_eq!(evidence(&driver).await.len(), 0);
    }

    async fn nobody_adds_to_the_upload_of_another(world) {
        let (own, stranger) = (world.reports(&WANG).await, world.reports(&LI).await);
        let photo = jpeg(50);
        let upload = location(&own.announces(photo.len(), &sha256(&photo), &world.a_while_ago()).await);
        stranger.sends(&upload, 0, photo.clone()).await.problem(404, "not_found");
        let answer = stranger.announces(photo.len(), &sha256(&photo), &world.a_while_ago()).await;
        assert_eq!(answer.status, 201);
        assert_eq!(own.arrived(&upload).await, Some(0));
    }

    async fn the_fifty_first_photo_is_refused(world) {
        let driver = world.reports(&WANG).await;
        for shade in 0..50 {
            assert_eq!(driver.uploads(jpeg(shade), &world.a_while_ago()).await.status, 204);
        }
        driver.uploads(jpeg(50), &world.a_while_ago()).await.problem(409, "photo_limit");
    }
}
