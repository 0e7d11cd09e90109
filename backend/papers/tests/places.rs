//! Where people sign, and what fills their places.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

#[path = "../examples/sample/cases.rs"]
mod cases;
mod read;

use papers::{
    FindingDocument, InjuryStatement, PartySignature, Place, RenderError, SignatureSlot, State, appearance,
    render,
};
use read::{FONTS, issued, run, text_of};

fn pending(mut document: FindingDocument) -> FindingDocument {
    let open = |signature: &mut PartySignature| signature.slot = SignatureSlot::Pending;
    document.signatures.iter_mut().for_each(open);
    if let Some(mediation) = &mut document.mediation {
        mediation.signatures.iter_mut().for_each(open);
    }
    let injury = |signature| InjuryStatement {
        text: "本人声明：伤势轻微，同意适用简易程序处理。".to_owned(),
        signature,
    };
    document.injuries = vec![injury(PartySignature {
        slot: SignatureSlot::Pending,
        ..cases::signed("乙", "李娜", 1)
    })];
    document
}

fn names(places: &[Place]) -> Vec<&str> {
    places.iter().map(|place| place.name.as_str()).collect()
}

fn party_place() -> Place {
    let pdf = issued(&pending(cases::rear_end()));
    pdf.places
        .into_iter()
        .find(|place| place.name == "party-1")
        .unwrap()
}

fn refusal(reason: &str) -> SignatureSlot {
    SignatureSlot::Refused {
        what: "签字".to_owned(),
        reason: reason.to_owned(),
        noted_at: "2026年03月01日08时35分".to_owned(),
    }
}

#[test]
fn whoever_has_to_sign_has_a_place_and_it_says_whose_it_is() {
    let pdf = issued(&pending(cases::mediated(cases::rear_end(), 2)));
    let expected = [
        ("party-1", "甲方当事人 张伟 签名"),
        ("party-2", "乙方当事人 李娜 签名"),
        ("officer", "交通警察 王建国 签名"),
        ("unit", "诸暨市公安局交通警察大队 印章"),
        ("injury-1", "乙方当事人 李娜 伤情声明签名"),
        ("mediation-1", "甲方当事人 张伟 调解结果签名"),
        ("mediation-2", "乙方当事人 李娜 调解结果签名"),
    ];
    let told: Vec<_> = pdf
        .places
        .iter()
        .map(|place| (place.name.as_str(), place.tooltip.as_str()))
        .collect();
    assert_eq!(told, expected);
}

#[test]
fn whoever_signed_or_refused_before_has_no_place_any_more() {
    let mut document = pending(cases::rear_end());
    document.injuries.clear();
    document.signatures[0] = cases::signed("甲", "张伟", 1);
    assert_eq!(names(&issued(&document).places), ["party-2", "officer", "unit"]);
    document.signatures[1] = cases::refused("乙", "李娜");
    assert_eq!(names(&issued(&document).places), ["officer", "unit"]);
}

#[test]
fn a_draft_and_a_void_document_cannot_be_signed() {
    for state in [State::Draft, State::Void] {
        let pdf = render(&pending(cases::rear_end()), state, &FONTS).unwrap();
        assert_eq!(pdf.places, []);
    }
}

/// Left, bottom, right, top of every word of the page, from the lower left corner.
fn words(pdf: &papers::Pdf, page: u32) -> Vec<([f32; 4], String)> {
    let page = page.to_string();
    let lines = run("pdftotext", &["-bbox", "-f", &page, "-l", &page], pdf);
    let number = |line: &str, name: &str| -> f32 {
        let (_, rest) = line.split_once(&format!("{name}=\"")).unwrap();
        rest.split_once('"').unwrap().0.parse().unwrap()
    };
    let word = |line: &str| {
        let (x, right) = (number(line, "xMin"), number(line, "xMax"));
        let (top, bottom) = (841.89 - number(line, "yMin"), 841.89 - number(line, "yMax"));
        ([x, bottom, right, top], line.to_owned())
    };
    lines
        .lines()
        .filter(|line| line.contains("<word "))
        .map(word)
        .collect()
}

#[test]
fn places_lie_on_their_page_cover_no_word_and_do_not_touch_one_another() {
    let long = "MARIA ALEXANDRA CATHERINE HENRIETTA VON HOHENZOLLERN-SIGMARI";
    let mut long_names = pending(cases::six_parties());
    for signature in &mut long_names.signatures {
        signature.name = long.to_owned();
    }
    for document in [
        pending(cases::rear_end()),
        pending(cases::mediated(cases::six_parties(), 14)),
        long_names,
    ] {
        let pdf = issued(&document);
        let apart = |a: &[f32; 4], b: &[f32; 4]| a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];
        for (index, place) in pdf.places.iter().enumerate() {
            let [left, bottom, right, top] = place.rect;
            assert!((1..=pdf.pages).contains(&place.page), "{place:?}");
            assert!(
                left > 50.0 && right < 545.0 && bottom > 30.0 && top < 800.0,
                "{place:?}"
            );
            assert!(right - left > 90.0 && top - bottom >= 30.0, "{place:?}");
            for other in &pdf.places[index + 1..] {
                assert!(
                    place.page != other.page || apart(&place.rect, &other.rect),
                    "{place:?} {other:?}"
                );
            }
            if place.name != "unit" {
                for (word, text) in words(&pdf, place.page) {
                    assert!(apart(&place.rect, &word), "{place:?} {text}");
                }
            }
        }
    }
}

#[test]
fn the_place_of_a_party_stands_beside_their_name() {
    let pdf = issued(&pending(cases::six_parties()));
    for (index, name) in ["张伟", "李娜", "王芳", "陈静", "刘洋", "杨帆"]
        .into_iter()
        .enumerate()
    {
        let wanted = format!("party-{}", index + 1);
        let place = pdf.places.iter().find(|place| place.name == wanted).unwrap();
        let beside = |[x, y, _, _]: [f32; 4]| {
            x < place.rect[0] && x > place.rect[0] - 95.0 && y > place.rect[1] && y < place.rect[3]
        };
        let found = words(&pdf, place.page)
            .iter()
            .any(|(word, text)| text.contains(&format!(">{name}<")) && beside(*word));
        assert!(found, "{place:?} {name}");
    }
}

#[test]
fn a_signature_fills_exactly_its_place_and_says_when() {
    let place = party_place();
    let slot = cases::signed("甲", "张伟", 1).slot;
    let bytes = appearance(&place, &slot, &FONTS).unwrap();
    let page = &lopdf::Document::load_mem(&bytes).unwrap();
    let page = page.get_dictionary(page.get_pages()[&1]).unwrap();
    let size = page.get(b"MediaBox").unwrap().as_array().unwrap();
    let size: Vec<f32> = size.iter().map(|side| side.as_float().unwrap()).collect();
    let wanted = [place.rect[2] - place.rect[0], place.rect[3] - place.rect[1]];
    assert!(
        (size[2] - wanted[0]).abs() < 0.01 && (size[3] - wanted[1]).abs() < 0.01,
        "{size:?}"
    );
    assert_eq!(text_of(&bytes), "2026年03月01日08时31分短信验证后手写签名");
    assert_ne!(
        bytes,
        appearance(&place, &cases::signed("甲", "张伟", 2).slot, &FONTS).unwrap(),
        "another hand"
    );
    assert_eq!(
        bytes,
        appearance(&place, &slot, &papers::Fonts::embedded().unwrap()).unwrap()
    );
}

#[test]
fn the_note_of_a_refusal_can_be_searched_however_long_its_reason() {
    let place = party_place();
    let long: String = "认为前车急刹车，不同意责任划分。䶮"
        .chars()
        .cycle()
        .take(200)
        .collect();
    for reason in ["认为前车急刹车", long.as_str()] {
        let bytes = appearance(&place, &refusal(reason), &FONTS).unwrap();
        let wanted = format!("拒绝签字。原因：{reason}。交通警察于2026年03月01日08时35分注明。");
        assert_eq!(text_of(&bytes), wanted);
        let fonts = run_on_file("pdffonts", &bytes);
        assert!(
            fonts.lines().skip(2).all(|row| row.contains("yes yes yes")),
            "{fonts}"
        );
    }
}

fn run_on_file(tool: &str, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("appearance.pdf");
    std::fs::write(&file, bytes).unwrap();
    let output = std::process::Command::new(tool).arg(&file).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_a_place_cannot_hold_is_refused_and_not_cut() {
    let place = party_place();
    let refused = |slot: &SignatureSlot| appearance(&place, slot, &FONTS).unwrap_err();
    let too_long = RenderError::BadField {
        field: "party-1".to_owned(),
        why: "too long for its place",
    };
    assert_eq!(refused(&refusal(&"长".repeat(2_000))), too_long);
    let pending = RenderError::BadField {
        field: "party-1".to_owned(),
        why: "neither signed nor refused",
    };
    assert_eq!(refused(&SignatureSlot::Pending), pending);
    let missing = RenderError::MissingGlyph {
        character: '🚗',
        field: "party-1".to_owned(),
    };
    assert_eq!(refused(&refusal("🚗")), missing);
}
