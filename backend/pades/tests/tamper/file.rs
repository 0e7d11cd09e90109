//! Tampering with the file itself: bytes, tables, trailers.

use pades::verify::{Code, State, verify_stored};
use sha2_stable::{Digest, Sha256};
use time::Duration;

use crate::house::{CATALOG, CONTENT, House, PAGE, START};
use crate::tools::{Update, bytes, free, last, object, swapped};
use crate::{Case, case, refused};

/// Every 97th byte and the first and last of each revision, one bit each.
#[test]
fn a_flipped_bit_anywhere_in_any_revision_is_seen() {
    let house = House::new(1);
    let pdf = house.document();
    let report = house.verify(&pdf);
    assert!(report.is_valid());
    let ends = report.revisions.iter().map(|revision| revision.size);
    let edges = ends.flat_map(|end| [end - 1, end.min(pdf.len() - 1)]);
    let step = 97 * 7;
    for (turn, at) in (0..pdf.len()).step_by(step).chain(edges).enumerate() {
        let mut flipped = pdf.clone();
        flipped[at] ^= 1 << (turn % 8);
        let report = house.verify(&flipped);
        assert!(!report.is_valid(), "bit {} of byte {at}", turn % 8);
        assert!(!report.reasons.is_empty());
    }
}

#[test]
fn a_case_of_a_hexadecimal_digit_is_no_place_to_hide() {
    let house = House::new(1);
    let pdf = house.document();
    let start = last(&pdf, "/Contents <") + "/Contents <".len();
    let at = (start..).find(|at| pdf[*at].is_ascii_lowercase()).unwrap();
    let mut raised = pdf.clone();
    raised[at] = raised[at].to_ascii_uppercase();
    refused(
        &house,
        &house.anchors(),
        vec![case("digit in capitals", Code::ByteRange, raised)],
    );
}

#[test]
fn what_is_no_pdf_is_called_so() {
    let house = House::new(1);
    for bytes in [&b""[..], b"%PDF", b"\x89PNG\r\n", &[0; 5000]] {
        let report = house.verify(bytes);
        assert_eq!(report.state, State::Unreadable);
        assert!(report.has(Code::NotPdf));
    }
}

/// A cut file never panics and is never called valid, except where a signature ended.
#[test]
fn a_file_that_is_cut_anywhere_is_refused() {
    let house = House::new(1);
    let pdf = house.document();
    let sizes: Vec<usize> = house
        .verify(&pdf)
        .revisions
        .iter()
        .map(|revision| revision.size)
        .collect();
    for end in (0..pdf.len())
        .step_by(499)
        .chain(sizes.iter().map(|size| size - 2))
    {
        let report = house.verify(&pdf[..end]);
        assert!(!report.is_valid(), "cut at {end}");
    }
}

#[test]
fn later_signatures_that_were_cut_off_are_missed_only_by_whoever_has_them() {
    let house = House::new(1);
    let pdf = house.document();
    let sizes: Vec<usize> = house
        .verify(&pdf)
        .revisions
        .iter()
        .map(|revision| revision.size)
        .collect();
    let stored: Vec<[u8; 32]> = sizes[2..]
        .iter()
        .map(|size| Sha256::digest(&pdf[..*size]).into())
        .collect();
    let earlier = &pdf[..sizes[4]];
    let at = START + Duration::days(1);

    assert!(house.verify(earlier).is_valid());
    let report = verify_stored(earlier, &house.anchors(), at, &stored);
    assert_eq!(report.state, State::Outdated);
    assert!(report.has(Code::LaterSignaturesMissing) && !report.is_valid());

    assert!(verify_stored(&pdf, &house.anchors(), at, &stored).is_valid());
    let other = house.signed(earlier, "party-3", 20, &crate::house::ink(1));
    let report = verify_stored(&other, &house.anchors(), at, &stored);
    assert_eq!(report.state, State::Altered);
    assert!(report.has(Code::NotTheStored));
}

#[test]
fn bytes_that_belong_to_no_revision_are_refused() {
    let house = House::new(1);
    let pdf = house.document();
    let with = |before: &[u8], after: &[u8]| [before, &pdf, after].concat();
    let middle = house.verify(&pdf).revisions[3].size;
    let between = |text: &[u8]| [&pdf[..middle], text, &pdf[middle..]].concat();
    let table = last(&pdf, "\nstartxref");
    let cases = vec![
        case(
            "junk before the header",
            Code::JunkBeforeHeader,
            with(b"GIF89a\n", b""),
        ),
        case("garbage at the end", Code::TrailingBytes, with(b"", b"garbage")),
        case("a blank line at the end", Code::TrailingBytes, with(b"", b"\n")),
        case(
            "a comment at the end",
            Code::TrailingBytes,
            with(b"", b"% seen\n"),
        ),
        case("a comment between revisions", Code::Comment, between(b"% seen\n")),
        case("the document twice", Code::Comment, with(b"", &pdf)),
        case(
            "an object that no table names",
            Code::BytesOutside,
            with(b"", b"90 0 obj\n<</A 1>>\nendobj\n"),
        ),
        case(
            "a second trailer that is no revision",
            Code::BytesOutside,
            with(
                b"",
                &[b"trailer\n<</Root 90 0 R>>".as_slice(), &pdf[table..]].concat(),
            ),
        ),
        case("an end twice", Code::TrailingBytes, with(b"", b"%%EOF\n")),
    ];
    refused(&house, &house.anchors(), cases);
}

#[test]
fn tables_and_trailers_that_lead_elsewhere_are_refused() {
    let house = House::new(1);
    let pdf = house.document();
    let report = house.verify(&pdf);
    let new = free(&pdf);
    let tables: Vec<usize> = (0..pdf.len())
        .filter(|at| pdf[*at..].starts_with(b"\nxref\n"))
        .map(|at| at + 1)
        .collect();
    let newest = tables[tables.len() - 1].to_string();
    let earlier = format!("{:0width$}", tables[3], width = newest.len());
    let hidden = Update::default().stream(new, "", "3 0 obj\n<</Type/Page>>\nendobj");
    let hidden = hidden.append(&pdf);
    let inside = last(&hidden, "3 0 obj\n<</Type/Page>>");
    let page = object(&pdf, PAGE);
    let other = format!("{new} 0 R");
    let catalog = object(&pdf, CATALOG);
    let cut = report.revisions[4].size;
    let cases = vec![
        case(
            "the end points to an older table",
            Code::CrossReference,
            swapped(&pdf, &newest, &earlier),
        ),
        case(
            "a revision is left out of the chain",
            Code::CrossReference,
            Update::default()
                .trailer("Prev", tables[4].to_string())
                .append(&pdf),
        ),
        case(
            "the table points into a stream",
            Code::CrossReference,
            Update::default()
                .stream(new, "", "3 0 obj\n<</Type/Page>>\nendobj")
                .line(PAGE, &format!("{inside:010} 00000 n"))
                .append(&pdf),
        ),
        case(
            "a page is freed",
            Code::ObjectRemoved,
            Update::default().line(PAGE, "0000000000 00001 f").append(&pdf),
        ),
        case("an object twice in a revision", Code::BytesOutside, {
            let loose = format!("{PAGE} 0 obj\n{page}\nendobj\n");
            // The table can name one of them only.
            let twice = Update::default()
                .object(PAGE, page.clone())
                .loose(&loose)
                .append(&pdf);
            assert!(house.verify(&twice).has(Code::ObjectTwice));
            [&pdf[..cut], b"trailer", &pdf[cut..]].concat()
        }),
        case(
            "another catalog",
            Code::TrailerChanged,
            Update::default()
                .object(new, catalog)
                .trailer("Root", other.clone())
                .append(&pdf),
        ),
        case(
            "another info",
            Code::TrailerChanged,
            Update::default()
                .object(new, "<</Title(Forged)>>")
                .trailer("Info", other.clone())
                .append(&pdf),
        ),
        case(
            "encryption",
            Code::Encrypted,
            Update::default()
                .object(new, "<</Filter/Standard/V 1>>")
                .trailer("Encrypt", other.clone())
                .append(&pdf),
        ),
        case(
            "a hybrid table",
            Code::ForeignStructure,
            Update::default().trailer("XRefStm", "15").append(&pdf),
        ),
        case(
            "an object stream",
            Code::ForeignStructure,
            Update::default()
                .stream(new, "/Type/ObjStm/N 1/First 4", "3 0 <</Type/Page>>")
                .append(&pdf),
        ),
        case("a table in a stream", Code::ForeignStructure, {
            let stream = format!(
                "\n{new} 0 obj\n<</Type/XRef/Length 0>>stream\n\nendstream\nendobj\nstartxref\n{}\n%%EOF\n",
                pdf.len()
            );
            [pdf.clone(), bytes(&stream)].concat()
        }),
        case(
            "a key twice",
            Code::KeyTwice,
            Update::default()
                .object(PAGE, page.replacen("/Type/Page", "/Type/Page/Type/Page", 1))
                .append(&pdf),
        ),
        case(
            "a comment in an object",
            Code::Comment,
            Update::default()
                .object(PAGE, format!("% 1\n{page}"))
                .append(&pdf),
        ),
        case(
            "a later generation",
            Code::BrokenStructure,
            Update::default()
                .loose(&format!("{CONTENT} 1 obj\n<<>>\nendobj\n"))
                .append(&pdf),
        ),
    ];
    refused(&house, &house.anchors(), cases);
}

#[test]
fn hostile_input_ends_soon_and_without_panic() {
    let house = House::new(1);
    let deep = format!("%PDF-1.7\n1 0 obj\n{}", "[".repeat(2_000_000));
    let dicts = format!("%PDF-1.7\n1 0 obj\n{}", "<</A ".repeat(500_000));
    let many = format!("%PDF-1.7\n1 0 obj\n[{}]", "0 ".repeat(3_000_000));
    let count = "%PDF-1.7\nxref\n0 4294967295\n0000000000 65535 f \n";
    let offsets =
        "%PDF-1.7\nxref\n9999999999 9999999999\n0000000000 65535 f \ntrailer\n<</Size 9223372036854775807>>";
    let length = "%PDF-1.7\n1 0 obj\n<</Length 9223372036854775807>>stream\n";
    for text in [
        &deep,
        &dicts,
        &many,
        count,
        offsets,
        length,
        "%PDF-1.7\n1 0 obj\n(\\",
        "%PDF-1.7\n1 0 obj\n/#",
    ] {
        let report = house.verify(text.as_bytes());
        assert!(!report.is_valid());
    }
    // A pages' tree that is its own child, a field that is its own parent.
    let pdf = house.document();
    let form = crate::tools::form(&pdf);
    let loops = Update::default()
        .object(
            crate::house::PAGES,
            format!("<</Type/Pages/Count 1/Kids[{} 0 R]>>", crate::house::PAGES),
        )
        .object(form, format!("<</Fields {form} 0 R>>"));
    assert!(!house.verify(&loops.append(&pdf)).is_valid());
    assert!(house.verify(&vec![b' '; 65 << 20]).has(Code::TooLarge));
}

#[test]
fn a_document_of_another_make_is_not_ours() {
    let house = House::new(1);
    let foreign = b"%PDF-1.7\n1 0 obj\n<</Type/XRef/Length 0/ByteRange[0 1 2 3]>>stream\n\nendstream\nendobj\nstartxref\n9\n%%EOF";
    let foreign = Case {
        state: State::NotOurs,
        ..case("another make", Code::ForeignStructure, foreign.to_vec())
    };
    refused(&house, &house.anchors(), vec![foreign]);
}

/// The signature's own bytes are the only ones that it does not cover.
#[test]
fn a_flipped_bit_in_the_last_signature_itself_is_seen() {
    let house = House::new(1);
    let pdf = house.certified(&crate::house::prepared(&crate::house::base(1), 1));
    let pdf = house.signed(&pdf, "party-1", 5, &crate::house::ink(1));
    let start = last(&pdf, "/Contents <") + "/Contents <".len();
    let end = crate::tools::next(&pdf, start, "00000000000000000000");
    assert!(end - start > 1_000);
    for (turn, at) in (start..end + 20).step_by(5).enumerate() {
        let mut flipped = pdf.clone();
        flipped[at] ^= 1 << (turn % 8);
        assert!(
            !house.verify(&flipped).is_valid(),
            "bit {} of digit {}",
            turn % 8,
            at - start
        );
    }
}

/// Parts of a document put elsewhere, doubled, taken out: nothing of it panics, nothing of it is valid.
#[test]
fn a_document_in_disorder_is_refused() {
    let house = House::new(1);
    let pdf = house.document();
    let mut dice = 7_u64;
    let mut roll = |sides: usize| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(dice >> 33).unwrap() % sides
    };
    for round in 0..300 {
        let mut torn = pdf.clone();
        for _ in 0..=roll(3) {
            let (from, to, length) = (roll(torn.len() - 400), roll(torn.len() - 400), 1 + roll(300));
            let part = torn[from..from + length].to_vec();
            match roll(3) {
                0 => drop(torn.drain(to..to + length)),
                1 => drop(torn.splice(to..to, part)),
                _ => torn[to..to + length].copy_from_slice(&part),
            }
        }
        assert!(torn == pdf || !house.verify(&torn).is_valid(), "round {round}");
    }
}
