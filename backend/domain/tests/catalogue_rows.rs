//! The catalogue row by row against the list it was taken from: code, option of the form, articles, where it was
//! found, and whether an article there rests on general knowledge.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::catalogue::{Situation, built_in};
use domain::liability::Liability;

/// Code, option, articles in order, sources (43: the national list, P: the Beijing guide, 16: the list of 16), and `m`.
#[rustfmt::skip]
const ROWS: [(&str, &str, &str, &str, bool); 52] = [
    ("101", "未保持安全车距与前车追尾", "道交法43首句", "43 P 16", false),
    ("102", "逆行", "道交法35", "43 P 16", true),
    ("103", "倒车", "条例50", "43 P 16", false),
    ("104", "溜车", "道交法22-1", "43 P 16", true),
    ("105", "开关车门", "条例63(四)", "43 16", false),
    ("106", "开关车门", "条例77(三)", "", false),
    ("201", "违反交通信号灯", "道交法38 条例38-1(三)", "43 P 16", true),
    ("202", "其他", "条例49-1", "43 P 16", true),
    ("203", "其他", "道交法37", "43", true),
    ("204", "违反交通信号灯", "条例51(一)", "43", false),
    ("205", "其他", "道交法38", "43", true),
    ("206", "其他", "道交法38", "43", true),
    ("301", "未按规定让行", "道交法53", "43", false),
    ("302", "变更车道与其他车辆刮擦", "条例44-2", "43 P 16", false),
    ("303", "未按规定让行", "条例48(二)", "43 P", false),
    ("304", "未按规定让行", "条例48(二)但书", "43 P", false),
    ("305", "未按规定让行", "条例48(三)", "43", false),
    ("306", "未按规定让行", "条例48(三)但书", "43", false),
    ("307", "未按规定让行", "条例48(四)", "43", false),
    ("308", "其他", "道交法43(一)", "43 16", false),
    ("309", "其他", "道交法43(一)", "43 16", false),
    ("310", "其他", "道交法43(一)", "43 P 16", false),
    ("311", "其他", "道交法43(二)", "43 P", false),
    ("312", "其他", "道交法43(四)", "43 P", false),
    ("313", "未按规定让行", "条例49-2", "43 P", true),
    ("314", "未按规定让行", "道交法38", "43", true),
    ("315", "未按规定让行", "道交法38", "43", true),
    ("316", "未按规定让行", "道交法38", "43 16", true),
    ("317", "未按规定让行", "条例52(一)", "P", false),
    ("318", "未按规定让行", "条例52(二)", "P", false),
    ("319", "未按规定让行", "条例52(三)", "P 16", false),
    ("320", "未按规定让行", "条例52(四)", "P", false),
    ("321", "未按规定让行", "条例51(七) 条例38-1(一)", "P 16", true),
    ("322", "未按规定让行", "条例38-3", "P", true),
    ("323", "未按规定让行", "条例51(七)", "", false),
    ("324", "未按规定让行", "条例51(二)", "P 16", false),
    ("325", "变更车道与其他车辆刮擦", "道交法45-1 条例53-2", "", true),
    ("326", "未按规定让行", "道交法45-2 条例53-3", "", true),
    ("327", "未按规定让行", "条例79", "", true),
    ("328", "未按规定让行", "道交法54", "", false),
    ("401", "其他", "条例47", "P 16", true),
    ("402", "其他", "道交法38 道交法35", "16", true),
    ("403", "其他", "道交法48-1", "list", false),
    ("404", "停车", "道交法56", "option", false),
    ("405", "停车", "道交法22-1", "16", true),
    ("406", "其他", "道交法22-1", "16", true),
    ("407", "其他", "道交法36", "2005", true),
    ("408", "其他", "道交法57", "2005", true),
    ("409", "其他", "程序规定61 条例92", "rule", false),
    ("410", "其他", "道交法66", "", true),
    ("501", "其他", "", "2018", false),
    ("502", "其他", "道交法52 条例60", "practice", true),
];

fn sources(situation: &Situation) -> String {
    let words = [
        ("全国43种情形", "43"),
        ("北京图示", "P"),
        ("16种情形", "16"),
        ("全国情形清单", "list"),
        ("协议书情形选项", "option"),
        ("北京2005年规定", "2005"),
        ("程序规定", "rule"),
        ("北京2018年规定", "2018"),
        ("归纳自实务资料", "practice"),
    ];
    let found = words.iter().filter(|(text, _)| situation.source.contains(text));
    found.map(|(_, short)| *short).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_row_is_the_row_of_the_list() {
    let catalogue = built_in().unwrap();
    for (code, option, articles, from, check) in ROWS {
        let situation = catalogue.find(code).unwrap();
        let cited: Vec<String> = situation.statutes.iter().map(|statute| statute.short()).collect();
        assert_eq!(
            (
                situation.form_option.label(),
                cited.join(" ").as_str(),
                sources(situation).as_str(),
                situation.check_before_print,
            ),
            (option, articles, from, check),
            "{code}"
        );
        assert_eq!(
            (situation.region.as_str(), situation.leaves_remote),
            ("cn", code == "409"),
            "{code}"
        );
        assert_eq!(situation.in_force.to_string(), "2018-05-01");
        assert!(
            !situation.label.is_empty() && !situation.fact_text.is_empty(),
            "{code}"
        );
    }
    // 503 is the other half of 502's row: the car in front that reverses or rolls.
    assert_eq!(catalogue.situations().len(), ROWS.len() + 1);
}

#[test]
fn by_default_one_side_bears_all_but_where_the_list_says_otherwise() {
    for situation in built_in().unwrap().situations() {
        let pair = situation.default_liability;
        let wanted = match situation.code.as_str() {
            "404" | "502" => (Liability::Secondary, Liability::Primary),
            "501" => (Liability::Equal, Liability::Equal),
            _ => (Liability::Full, Liability::None),
        };
        assert_eq!((pair.own, pair.other), wanted, "{}", situation.code);
    }
}

#[test]
fn a_clause_reads_on_from_the_name_of_its_party() {
    for situation in built_in()
        .unwrap()
        .situations()
        .iter()
        .filter(|s| s.code != "501")
    {
        let clause = &situation.fact_text;
        for word in ["前车倒车", "双方", "对方", "张三"] {
            assert!(!clause.starts_with(word), "{}: {clause}", situation.code);
        }
        assert!(
            !clause.contains(['。', '；', '\n']),
            "{}: {clause}",
            situation.code
        );
    }
}
