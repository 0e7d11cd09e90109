//! Signed documents hold in other people's checkers: poppler's `pdfsig`, pyHanko and `qpdf`.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod common;
#[path = "common/readers.rs"]
mod readers;

use common::*;
use readers::*;

/// Certified, signed by the officer and by the parties in this order, each revision kept.
fn life(parties: usize, order: &[usize], clock: Option<&Clock>) -> Vec<Vec<u8>> {
    let authority = authority();
    let mut revisions = vec![paper()];
    revisions.push(pades::with_fields(&revisions[0], &places(parties)).unwrap());
    revisions.push(certified(&authority, parties));
    let next = |revisions: &mut Vec<Vec<u8>>, field: &str, name: &str, seed: u8| {
        let signer = person(&authority, name, seed);
        let pdf = signed(revisions.last().unwrap(), field, &signer);
        revisions.push(pdf);
        if let Some(clock) = clock {
            let stamped = clock.stamped(revisions.last().unwrap(), 900 + u64::from(seed));
            revisions.push(stamped);
        }
    };
    next(&mut revisions, "officer", "王警官", 10);
    for party in order {
        let (field, name) = (format!("party-{party}"), format!("当事人{party}"));
        next(&mut revisions, &field, &name, 20 + *party as u8);
    }
    revisions
}

/// Every revision begins with the one before, and `qpdf` finds nothing to say about any.
fn holds_step_by_step(bench: &Bench, revisions: &[Vec<u8>]) {
    for pair in revisions.windows(2) {
        assert!(pair[1].starts_with(&pair[0]), "a byte that was there has changed");
        qpdf(&bench.file(&pair[1]));
    }
}

#[test]
fn poppler_and_pyhanko_accept_one_three_and_six_signers_in_either_order() {
    let bench = Bench::new(&authority());
    let orders: [&[usize]; 4] = [&[1], &[1, 2, 3], &[3, 2, 1], &[4, 1, 6, 2, 5, 3]];
    let mut files = Vec::new();
    for order in orders {
        let revisions = life(order.len(), order, None);
        holds_step_by_step(&bench, &revisions);
        let file = bench.file(revisions.last().unwrap());
        assert_eq!(pdfsig(&file), (order.len() + 2, true), "{order:?}");
        files.push(file);
    }
    let Some(answers) = pyhanko(&bench.path("ca.pem"), &files) else {
        return;
    };
    for (order, signatures) in orders.iter().zip(answers) {
        assert_eq!(signatures.len(), order.len() + 2);
        assert_eq!(signatures[0]["by"], "某市公安局交通警察支队一大队");
        let (last, others) = signatures.split_last().unwrap();
        assert_eq!(last["coverage"], "ENTIRE_FILE", "{last}");
        assert_eq!(last["modification"], "NONE", "{last}");
        for signature in others {
            assert_eq!(signature["modification"], "FORM_FILLING", "{signature}");
            assert_eq!(signature["coverage"], "ENTIRE_REVISION", "{signature}");
        }
        for signature in &signatures {
            assert_eq!(signature["fine"], true, "{signature}");
            assert_eq!(signature["certification_kept"], true, "{signature}");
        }
    }
}

#[test]
fn timestamps_between_and_after_the_signatures_are_accepted_too() {
    let (bench, clock) = (Bench::new(&authority()), Clock::new());
    let anchor = std::fs::read_to_string(bench.path("ca.pem")).unwrap();
    std::fs::write(bench.path("ca.pem"), anchor + &clock.certificate()).unwrap();
    let orders: [&[usize]; 3] = [&[1], &[3, 1, 2], &[1, 2, 3, 4, 5, 6]];
    let mut files = Vec::new();
    for order in orders {
        let revisions = life(order.len(), order, Some(&clock));
        holds_step_by_step(&bench, &revisions);
        let file = bench.file(revisions.last().unwrap());
        // `pdfsig` of poppler 22 does not look into document timestamps.
        assert_eq!(pdfsig(&file).0, order.len() + 2);
        files.push(file);
    }
    let Some(answers) = pyhanko(&bench.path("ca.pem"), &files) else {
        return;
    };
    for (order, signatures) in orders.iter().zip(answers) {
        // The officer's signature and each party's are followed by a timestamp.
        assert_eq!(signatures.len(), 1 + 2 * (order.len() + 1));
        let (last, others) = signatures.split_last().unwrap();
        assert_eq!((&last["timestamp"], &last["by"]), (&true.into(), &"Clock".into()));
        assert_eq!(last["modification"], "NONE", "{last}");
        let before = others.last().unwrap();
        assert_eq!(before["modification"], "LTA_UPDATES", "{before}");
        for signature in &others[..others.len() - 1] {
            assert_eq!(signature["modification"], "FORM_FILLING", "{signature}");
        }
        for signature in &signatures {
            assert_eq!(signature["fine"], true, "{signature}");
        }
    }
}

#[test]
fn the_ink_is_on_the_page_of_those_who_signed_and_of_nobody_else() {
    let bench = Bench::new(&authority());
    let revisions = life(3, &[2], None);
    let file = bench.file(revisions.last().unwrap());
    let dark = |name: &str| {
        let all = places(3);
        let place = all.iter().find(|place| place.name == name).unwrap();
        dark_points(&file, place.page, place.rect)
    };
    assert!(dark("party-2") > 300, "{}", dark("party-2"));
    assert!(dark("officer") > 300, "{}", dark("officer"));
    assert_eq!(dark("party-1"), 0);
    assert_eq!(dark("unit"), 0);
    let words = run("pdftotext", &[text(&file), "-"]);
    assert!(
        words.contains("party-2"),
        "the text of an appearance can be found: {words}"
    );
}

#[test]
fn the_same_parameters_make_the_same_bytes() {
    assert_eq!(life(3, &[2, 3, 1], None), life(3, &[2, 3, 1], None));
}

#[test]
fn a_classic_table_is_continued_by_a_table_and_a_stream_by_a_stream() {
    let (authority, bench) = (authority(), Bench::new(&authority()));
    let modern = paper();
    assert!(!modern.windows(8).any(|window| window == b"trailer\n"));
    let old = bench.path("classic.pdf");
    let new = bench.file(&modern);
    run(
        "qpdf",
        &["--object-streams=disable", "--static-id", text(&new), text(&old)],
    );
    for (pdf, tables) in [(modern, 0), (std::fs::read(old).unwrap(), 3)] {
        let pdf = pades::with_fields(&pdf, &places(1)).unwrap();
        let pdf = signed(&pdf, "party-1", &person(&authority, "张三", 30));
        let file = bench.file(&pdf);
        qpdf(&file);
        assert_eq!(pdfsig(&file), (1, true));
        let found = pdf.windows(8).filter(|window| *window == b"trailer\n").count();
        assert!(tables == 0 && found == 0 || tables > 0 && found >= 2, "{found}");
    }
}
