//! What an archive can rely on: every paper keeps the rules of PDF/A-2u, says what was put in, and never varies.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

#[path = "../examples/sample/cases.rs"]
mod cases;
#[path = "../examples/sample/forms.rs"]
mod forms;
mod pdf_text;
mod pdfa;
mod read;

use lopdf::{Document, Object, dictionary};
use papers::{Fonts, Pdf, State, render};
use pdfa::problems;
use read::{FONTS, issued, text};

fn papers() -> impl Iterator<Item = (String, Pdf)> {
    let every = forms::every().into_iter().chain(forms::hard());
    let drawn = every.map(|(name, paper)| (name.to_owned(), render(&paper, State::Issued, &FONTS).unwrap()));
    let marked = [State::Draft, State::Void].map(|state| {
        let pdf = render(&cases::rear_end(), state, &FONTS).unwrap();
        (format!("{state:?}"), pdf)
    });
    drawn.chain(marked)
}

/// A finding whose characters come from a TrueType font, a collection and an outline of an operator's folder.
fn with_added_fonts() -> Pdf {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    put("square.ttf", include_bytes!("fonts/square.ttf"));
    put("pair.ttc", include_bytes!("fonts/pair.ttc"));
    put(
        "U+2EBF5.svg",
        br#"<svg viewBox="0 0 90 100"><path d="M10 10h70v80h-70z"/></svg>"#,
    );
    let fonts = Fonts::with_folder(folder.path()).unwrap();
    let mut document = cases::rear_end();
    document.parties[0].name = Some("䶮\u{2EBF0}\u{2EBF1}\u{2EBF2}\u{2EBF5}".to_owned());
    render(&document, State::Issued, &fonts).unwrap()
}

#[test]
fn every_paper_keeps_the_rules_of_the_archive_format() {
    for (name, pdf) in papers() {
        assert_eq!(problems(&pdf.bytes), [""; 0], "{name}");
    }
}

#[test]
fn an_operators_fonts_keep_them_too() {
    let pdf = with_added_fonts();
    assert_eq!(problems(&pdf.bytes), [""; 0]);
    let file = Document::load_mem(&pdf.bytes).unwrap();
    let kinds: Vec<_> = pdf_text::fonts(&file)
        .iter()
        .map(|font| (font.kind.clone(), font.program_kind.clone()))
        .collect();
    for (kind, program) in [
        ("CIDFontType0", "CIDFontType0C"),
        ("CIDFontType0", "OpenType"),
        ("CIDFontType2", ""),
    ] {
        assert!(
            kinds.contains(&(kind.to_owned(), program.to_owned())),
            "{kinds:?}"
        );
    }
}

#[test]
fn every_paper_is_sound_to_qpdf() {
    let folder = tempfile::tempdir().unwrap();
    for (name, pdf) in papers() {
        let file = folder.path().join(name);
        std::fs::write(&file, &pdf.bytes).unwrap();
        let check = std::process::Command::new("qpdf")
            .arg("--check")
            .arg(&file)
            .output()
            .unwrap();
        assert!(
            check.status.success(),
            "{}",
            String::from_utf8_lossy(&check.stdout)
        );
    }
}

#[test]
fn what_is_extracted_is_what_was_drawn_character_for_character() {
    let drawn = papers().chain([("added".to_owned(), with_added_fonts())]);
    for (name, pdf) in drawn {
        let own = pdf_text::text(&Document::load_mem(&pdf.bytes).unwrap());
        let mut own: Vec<char> = own.chars().filter(|c| !c.is_whitespace()).collect();
        let mut theirs: Vec<char> = text(&pdf).chars().filter(|c| !c.is_whitespace()).collect();
        own.sort_unstable();
        theirs.sort_unstable();
        assert_eq!(own, theirs, "{name}");
    }
}

#[test]
fn every_text_of_the_document_can_be_extracted_rare_characters_included() {
    let mut document = cases::everything();
    document.facts.push_str("䶮㛃𬀩𠅤𬱖。");
    let text = text(&issued(&document));
    // What a signer's device recorded and what the file's metadata says is not printed.
    let never = ["kind", "made_at", "verification_url", "ink"];
    let mut looked_at = 0;
    let mut look = |words: &str| {
        for paragraph in words.split('\n') {
            let bare: String = paragraph.chars().filter(|c| !c.is_whitespace()).collect();
            assert!(text.contains(&bare), "{paragraph}");
            looked_at += 1;
        }
    };
    strings(&serde_json::to_value(&document).unwrap(), &never, &mut look);
    assert!(looked_at > 40, "{looked_at}");
}

fn strings(value: &serde_json::Value, never: &[&str], see: &mut impl FnMut(&str)) {
    match value {
        serde_json::Value::String(text) => see(text),
        serde_json::Value::Array(items) => items.iter().for_each(|item| strings(item, never, see)),
        serde_json::Value::Object(fields) => {
            // The seal is a picture: its letters are outlines, so that they do not mix into the text.
            for (name, field) in fields.iter().filter(|(name, _)| *name != "seal") {
                if !never.contains(&name.as_str()) {
                    strings(field, never, see);
                }
            }
        }
        _ => {}
    }
}

/// Set where this test runs itself as another process.
const TELL: &str = "PAPERS_TELL_DIGESTS";

#[test]
fn the_same_papers_have_the_same_bytes_in_every_process() {
    let digests = || {
        let lines = papers().map(|(name, pdf)| format!("digest {name} {}\n", pdf.sha256));
        lines.collect::<String>()
    };
    if std::env::var_os(TELL).is_some() {
        println!("\n{}", digests());
        return;
    }
    let elsewhere = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "the_same_papers_have_the_same_bytes_in_every_process",
            "--nocapture",
        ])
        .env(TELL, "1")
        .output()
        .unwrap();
    let told = String::from_utf8(elsewhere.stdout).unwrap();
    let told: String = told
        .lines()
        .filter(|line| line.starts_with("digest "))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(told, digests());
}

type Breaks<'a> = &'a dyn Fn(&mut Document);

#[test]
fn the_checks_of_the_rules_see_what_is_broken() {
    let good = issued(&cases::rear_end()).bytes;
    let broken = |change: &dyn Fn(&mut Document)| {
        let mut file = Document::load_mem(&good).unwrap();
        change(&mut file);
        let mut bytes = Vec::new();
        file.save_to(&mut bytes).unwrap();
        problems(&bytes).join("; ")
    };
    let each_font = |file: &mut Document, change: &dyn Fn(&mut lopdf::Dictionary)| {
        for object in file.objects.values_mut() {
            if let Object::Dictionary(dict) = object {
                change(dict);
            }
        }
    };
    let cases: [(&str, Breaks); 8] = [
        ("6.1.3 an identity", &|file| {
            file.trailer.remove(b"ID");
        }),
        ("6.6.2 metadata", &|file| {
            file.catalog_mut().unwrap().remove(b"Metadata");
        }),
        ("6.2.3 an output intent", &|file| {
            file.catalog_mut().unwrap().remove(b"OutputIntents");
        }),
        ("/OpenAction is not allowed", &|file| {
            let action = dictionary! { "S" => "JavaScript" };
            file.catalog_mut().unwrap().set("OpenAction", action);
        }),
        ("6.2.10", &|file| {
            each_font(file, &|dict| {
                dict.remove(b"Group");
            });
        }),
        ("6.6.3 metadata and /Info agree", &|file| {
            each_font(file, &|dict| {
                if dict.has(b"Producer") {
                    dict.set("Producer", Object::string_literal("somebody"));
                }
            });
        }),
        ("is embedded", &|file| {
            each_font(file, &|dict| {
                dict.remove(b"FontFile3");
            });
        }),
        ("its program Some(", &|file| {
            each_font(file, &|dict| {
                if let Ok(descendants) = dict.get_mut(b"DescendantFonts").and_then(Object::as_array_mut) {
                    let font = descendants[0].as_dict_mut().unwrap();
                    font.set("W", vec![0.into(), 65_535.into(), 333.into()]);
                }
            });
        }),
    ];
    assert_eq!(broken(&|_| {}), "");
    for (expected, change) in cases {
        let found = broken(change);
        assert!(found.contains(expected), "{expected}: {found}");
    }
}

#[test]
fn a_paper_that_is_signed_by_hand_alone_stays_small() {
    const BYTES_MAX: usize = 120_000;
    for (name, paper) in forms::every() {
        let size = render(&paper, State::Issued, &FONTS).unwrap().bytes.len();
        assert!(size <= BYTES_MAX, "{name}: {size}");
    }
}
