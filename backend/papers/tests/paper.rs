//! What a reader of the paper can rely on, read back with poppler and qpdf.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

#[path = "../examples/sample/cases.rs"]
mod cases;
mod read;

use std::process::Command;

use papers::{FindingDocument, Fonts, InjuryStatement, Mediation, Performance, RenderError, State, render};
use read::{FONTS, assert_in_order, issued, run, text};

#[test]
fn the_fields_stand_in_the_order_of_the_form() {
    let mut document = cases::rear_end();
    document.injuries = vec![InjuryStatement {
        text: "本人李娜声明：伤势轻微，同意适用简易程序处理。".to_owned(),
        signature: cases::signed("乙", "李娜", 3),
    }];
    document.mediation = Some(Mediation {
        text: "甲方向乙方支付赔偿款人民币1,200.00元。".to_owned(),
        performance: Some(Performance {
            how: Some("银行转账".to_owned()),
            until: None,
        }),
        signatures: vec![cases::signed("甲", "张伟", 4), cases::signed("乙", "李娜", 6)],
    });
    let text = text(&issued(&document));
    assert_in_order(
        &text,
        &[
            "诸暨市公安局",
            "交通警察大队",
            "道路交通事故认定书（简易程序）",
            "第3306812026000001号",
            "事故时间2026年03月01日08时15分天气晴事故地点诸暨市",
            "当事人张伟",
            "证件号码440524188001010014",
            "联系电话13805750001交通方式驾驶小型客车",
            "号牌种类小型轿车／小型汽车号牌号牌号码浙DA1234",
            "保险公司中国人民财产保险",
            "保险凭证号PDAA",
            "当事人李娜",
            "号牌号码浙DD12345",
            "交通事故事实及责任：",
            "车尾相撞",
            "第四十三条",
            "承担全部责任",
            "李娜无导致此次事故的过错",
            "甲方当事人签名：张伟",
            "乙方当事人签名：李娜",
            "交通警察：王建国警号：068123",
            "2026年03月01日",
            "伤势轻微",
            "损害赔偿调解结果：",
            "履行方式银行转账履行期限—",
            "甲方当事人签名：张伟",
            "乙方当事人签名：李娜",
            "三个工作日",
            "人民法院",
        ],
    );
}

#[test]
fn empty_fields_are_struck_out_so_that_nobody_fills_them_in() {
    let mut document = cases::rear_end();
    let bike = &mut document.parties[1];
    (bike.plate, bike.insurer, bike.policy_number) = (None, Some(" ".to_owned()), None);
    assert_in_order(
        &text(&issued(&document)),
        &["当事人李娜", "号牌号码—保险公司—保险凭证号—", "交通事故事实"],
    );
}

#[test]
fn rare_characters_of_names_are_drawn_and_can_be_copied() {
    let mut document = cases::rear_end();
    let name = "䶮㛃𬀩𠅤𬱖";
    document.parties[0].name = Some(name.to_owned());
    document.signatures[0].name = name.to_owned();
    let text = text(&issued(&document));
    assert_eq!(text.matches(name).count(), 2, "{text}");
}

#[test]
fn a_character_without_a_shape_is_refused_by_name() {
    let mut document = cases::rear_end();
    document.parties[1].name = Some("李🚗".to_owned());
    let refused = render(&document, State::Issued, &FONTS).unwrap_err();
    let missing = RenderError::MissingGlyph {
        character: '🚗',
        field: "parties[1].name".to_owned(),
    };
    assert_eq!(refused, missing);
    assert_eq!(
        refused.to_string(),
        "no font has a shape for '🚗' (U+1F697) in parties[1].name"
    );
    assert_eq!(FONTS.first_missing("李🚗"), Some('🚗'));
    assert_eq!(FONTS.first_missing("䶮㛃𬀩𠅤𬱖"), None);
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let document = cases::rear_end();
    let (first, other) = (
        issued(&document),
        render(&document, State::Issued, &Fonts::embedded().unwrap()),
    );
    assert!(first == other.unwrap());
    let mut changed = document.clone();
    changed.weather = "雨".to_owned();
    assert_ne!(first.sha256, issued(&changed).sha256);
}

#[test]
fn six_parties_fit_and_everybody_has_a_place_to_sign() {
    let document = cases::six_parties();
    let pdf = issued(&document);
    let text = text(&pdf);
    for (label, name) in document.signatures.iter().map(|s| (&s.label, &s.name)) {
        assert_in_order(
            &text,
            &[&format!("当事人{name}"), &format!("{label}方当事人签名：{name}")],
        );
    }
    assert_in_order(&text, &["第1页共2页", "第2页共2页"]);
    assert_eq!(pdf.pages, 2);
}

#[test]
fn nothing_runs_over_the_margins_whatever_the_names_and_texts() {
    let mut crowd = cases::rear_end();
    crowd.signatures = (1..=24).map(|seed| cases::signed("甲", "张伟", seed)).collect();
    for document in [
        cases::everything(),
        cases::six_parties(),
        cases::mediated(cases::six_parties(), 14),
        cases::long_statement(),
        crowd,
    ] {
        let words = run("pdftotext", &["-bbox"], &issued(&document));
        let number = |line: &str, name: &str| -> f32 {
            let (_, rest) = line.split_once(&format!("{name}=\"")).unwrap();
            rest.split_once('"').unwrap().0.parse().unwrap()
        };
        let mut seen = 0;
        for line in words.lines().filter(|line| line.contains("<word ")) {
            let (left, right) = (number(line, "xMin"), number(line, "xMax"));
            let (top, bottom) = (number(line, "yMin"), number(line, "yMax"));
            assert!(
                left > 56.0 && right < 540.0 && top > 20.0 && bottom < 820.0,
                "{line}"
            );
            seen += 1;
        }
        assert!(seen > 50, "{seen}");
    }
}

#[test]
fn the_signatures_the_officer_and_the_seal_stand_on_one_page() {
    let pdf = issued(&cases::everything());
    let last = run("pdftotext", &["-raw", "-f", "2", "-l", "2"], &pdf).replace(['\n', ' '], "");
    assert_in_order(
        &last,
        &[
            "甲方当事人签名：",
            "乙方当事人签名：",
            "丙方当事人签名：",
            "交通警察：王建国",
        ],
    );
}

#[test]
fn a_mediated_result_has_places_of_its_own_to_sign_and_how_it_is_performed_is_on_their_page() {
    for (base, clauses) in [
        (cases::rear_end(), 2),
        (cases::six_parties(), 14),
        (cases::six_parties(), 40),
    ] {
        let document = cases::mediated(base, clauses);
        let pdf = issued(&document);
        let whole = text(&pdf);
        let (served, result) = whole.split_once("损害赔偿调解结果：").unwrap();
        for signature in &document.signatures {
            let place = format!("{}方当事人签名：{}", signature.label, signature.name);
            for part in [served, result] {
                assert_eq!(part.matches(&place).count(), 1, "{place} in {part}");
            }
        }
        let signed = (1..=pdf.pages).rev().find_map(|page| {
            let page = page.to_string();
            let text = run("pdftotext", &["-raw", "-f", &page, "-l", &page], &pdf);
            Some(text.replace(['\n', ' '], "")).filter(|text| text.contains("履行方式"))
        });
        let places = signed.unwrap();
        assert_in_order(
            &places,
            &[
                "履行方式银行转账",
                "履行期限自签名之日起7日内",
                "甲方当事人签名：",
            ],
        );
        let (_, places) = places.split_once("履行方式").unwrap();
        assert_eq!(places.matches("当事人签名：").count(), document.signatures.len());
    }
}

#[test]
fn where_nothing_is_mediated_the_page_says_so_without_places_to_sign() {
    let text = text(&issued(&cases::not_mediated(cases::rear_end())));
    let (_, result) = text.split_once("损害赔偿调解结果：").unwrap();
    assert_in_order(result, &["不适用调解。", "乙方不同意调解", "三个工作日"]);
    assert!(
        !result.contains("当事人签名") && !result.contains("履行方式"),
        "{result}"
    );
}

#[test]
fn a_long_statement_flows_over_pages_without_losing_a_character() {
    let document = cases::long_statement();
    let length = document.facts.chars().count();
    assert!(length >= 2000, "{length}");
    let pdf = issued(&document);
    assert!(pdf.pages >= 2, "{}", pdf.pages);
    let text = text(&pdf);
    for index in 100..180 {
        assert!(text.contains(&format!("第{index}句")), "{index}");
    }
    assert_eq!(text.matches("交通警察：王建国").count(), 1);
}

#[test]
fn an_english_name_of_sixty_letters_is_printed_whole() {
    let mut document = cases::rear_end();
    let name = "MARIA ALEXANDRA CATHERINE HENRIETTA VON HOHENZOLLERN-SIGMARI";
    assert_eq!(name.len(), 60);
    document.parties[0].name = Some(name.to_owned());
    document.signatures[0].name = name.to_owned();
    assert_eq!(
        text(&issued(&document)).matches(&name.replace(' ', "")).count(),
        2
    );
}

#[test]
fn a_refusal_to_sign_is_noted_in_the_place_of_the_signature() {
    let mut document = cases::rear_end();
    document.signatures[1] = cases::refused("乙", "李娜");
    assert_in_order(
        &text(&issued(&document)),
        &[
            "乙方当事人签名：",
            "拒绝签字。",
            "认为前车急刹车",
            "交通警察于2026年03月01日08时35分注明",
        ],
    );
}

#[test]
fn a_draft_says_so_and_cannot_be_verified_or_stamped() {
    let document = cases::rear_end();
    let draft = render(&document, State::Draft, &FONTS).unwrap();
    let text = text(&draft);
    assert!(
        text.contains("草稿无效") && text.contains("（单位印章）"),
        "{text}"
    );
    assert!(!text.contains("扫码核验"), "{text}");
}

#[test]
fn a_void_document_says_so_and_can_still_be_verified() {
    let void = text(&render(&cases::rear_end(), State::Void, &FONTS).unwrap());
    assert!(void.contains("已作废") && void.contains("扫码核验"), "{void}");
}

#[test]
fn the_file_is_sound_and_carries_every_font() {
    let pdf = issued(&cases::rear_end());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("finding.pdf");
    std::fs::write(&file, &pdf.bytes).unwrap();
    let check = Command::new("qpdf").arg("--check").arg(&file).output().unwrap();
    assert!(
        check.status.success(),
        "{}",
        String::from_utf8_lossy(&check.stdout)
    );
    let fonts = Command::new("pdffonts").arg(&file).output().unwrap();
    let fonts = String::from_utf8(fonts.stdout).unwrap();
    let rows: Vec<_> = fonts.lines().skip(2).collect();
    assert!(!rows.is_empty());
    for row in rows {
        assert!(
            row.contains("yes yes yes"),
            "embedded, subset, with unicode: {row}"
        );
    }
}

#[test]
fn the_archive_finds_language_colours_and_metadata() {
    let pdf = issued(&cases::rear_end());
    let file = lopdf::Document::load_mem(&pdf.bytes).unwrap();
    let catalog = file.catalog().unwrap();
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"zh-CN");
    assert!(catalog.get(b"OutputIntents").is_ok());
    let metadata = catalog
        .get(b"Metadata")
        .and_then(lopdf::Object::as_reference)
        .unwrap();
    let xmp = &file.get_object(metadata).unwrap().as_stream().unwrap().content;
    let xmp = std::str::from_utf8(xmp).unwrap();
    assert!(
        xmp.contains("<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>"),
        "{xmp}"
    );
    assert!(
        xmp.contains("<xmp:CreateDate>2026-03-01T08:29:00+08:00</xmp:CreateDate>"),
        "{xmp}"
    );
    assert!(run("pdftotext", &["-raw"], &pdf).len() > 1000);
}

#[test]
fn a_field_that_no_page_can_hold_is_refused_and_not_cut() {
    let mut document = cases::rear_end();
    document.parties[1].vehicle = Some("车".repeat(5_000));
    let refused = render(&document, State::Issued, &FONTS).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "parties[1].vehicle cannot be printed: too long for a page"
    );
}

#[test]
fn an_unusable_time_or_address_is_named() {
    let mut document = cases::rear_end();
    document.made_at = "yesterday".to_owned();
    let field = |document: &FindingDocument| match render(document, State::Issued, &FONTS) {
        Err(RenderError::BadField { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(&document), "made_at");
    let mut document = cases::rear_end();
    document.verification_url = Some("x".repeat(4000));
    assert_eq!(field(&document), "verification_url");
}

#[test]
fn the_seal_can_be_previewed_as_a_picture() {
    let svg = papers::seal("诸暨市公安局交通警察大队", "道路交通事故处理专用章")
        .svg(&FONTS)
        .unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>") && svg.len() > 5000);
    assert!(papers::seal("诸暨🚗", "章").svg(&FONTS).is_err());
}

#[test]
fn a_document_survives_storage_as_json() {
    let document = cases::rear_end();
    let stored = serde_json::to_string(&document).unwrap();
    let back: FindingDocument = serde_json::from_str(&stored).unwrap();
    assert!(issued(&document) == issued(&back));
}
