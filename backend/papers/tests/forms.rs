//! What readers of the papers around the finding can rely on: their fields in order, their places, their look.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

#[path = "../examples/sample/cases.rs"]
mod cases;
#[path = "../examples/sample/forms.rs"]
mod forms;
mod golden;
mod read;

use papers::{Paper, Pdf, RenderError, ReviewNoticeKind, SignatureSlot, State, render};
use read::{FONTS, assert_in_order, run, text};

fn issued(paper: &Paper) -> Pdf {
    render(paper, State::Issued, &FONTS).unwrap()
}

fn assert_fields(paper: impl Into<Paper>, wanted: &[&str]) {
    assert_in_order(&text(&issued(&paper.into())), wanted);
}

#[test]
fn the_agreement_has_the_fields_of_its_form_with_the_chosen_boxes_full() {
    assert_fields(
        forms::agreement(2),
        &[
            "道路交通事故自行协商协议书",
            "事故时间2026年03月01日08时15分天气晴",
            "事故地点诸暨市",
            "事故形态■追尾碰撞□正面碰撞",
            "当事人张伟驾驶证号440524188001010014",
            "联系方式13805750001号牌号码浙DA1234",
            "车辆类型小型轿车投保公司中国平安",
            "保险凭证号PDAA202633060000012345保险期间2025年06月01日至",
            "报案号RDAA2026330600004321",
            "车损部位■车头□左前角",
            "事故情形■未保持安全车距与前车追尾□逆行",
            "事故责任■全部责任□无责任□同等责任",
            "当事人李娜",
            "报案号—",
            "□车头",
            "■车尾",
            "□全部责任■无责任□同等责任",
            "如实填写",
            "甲方当事人签名：张伟",
            "乙方当事人签名：李娜",
            "签订日期2026年03月01日",
            "一式三份",
        ],
    );
}

#[test]
fn the_assessment_sheet_counts_up_to_a_total_in_figures_and_in_words() {
    assert_fields(
        forms::assessment(4),
        &[
            "机动车损失定损单",
            "案件编号3306812026000001",
            "当事人乙方李娜号牌号码浙DD12345",
            "车辆型号大众帕萨特",
            "LSVDL2A48AN123456",
            "序号损失项目修理方式配件费（元）工时费（元）小计（元）",
            "1前保险杠皮更换1,280.00150.001,430.00",
            "2左前大灯总成修复—150.001,430.00",
            "合计—3,840.00600.004,440.00",
            "定损金额人民币4,440.00元",
            "大写肆仟肆佰肆拾元整",
            "赔付方中国人民财产保险",
            "定损人人保财险陈定损定损时间2026年03月01日14时20分",
            "期限2026年03月04日",
            "异议及处理：—",
            "乙方当事人签名：李娜",
        ],
    );
}

#[test]
fn the_settlement_notice_says_who_pays_what_by_which_rule() {
    assert_fields(
        forms::settlement(),
        &[
            "赔付结果告知书",
            "乙方李娜：",
            "一、您的损失",
            "车辆修理费定损单2026年03月01日4,440.00",
            "二、由谁赔付及依据",
            "付款方收款方赔付项目金额（元）依据",
            "中国人民财产保险李娜交强险财产损失2,000.00有责限额内先行赔付",
            "商业三者险2,740.00",
            "三、合计与自行承担",
            "四、到账与后续",
            "五、联系方式",
            "2026年03月01日",
        ],
    );
}

#[test]
fn the_mediation_record_says_who_asked_what_was_said_and_how_it_ended() {
    assert_fields(
        forms::mediation_record(2),
        &[
            "道路交通事故损害赔偿调解记录",
            "认定书编号3306812026000001",
            "调解时间2026年03月01日08时40分至09时02分",
            "调解方式远程视频主持人王建国",
            "1张伟甲方当事人手机视频",
            "申请调解情况：",
            "各方意见及调解过程：",
            "乙方（08时42分）：要求",
            "甲方（08时45分）：同意",
            "调解结果：",
            "履行方式银行转账",
            "甲方当事人签名：",
            "交通警察：王建国",
            "一式三份",
        ],
    );
}

#[test]
fn the_transfer_sheet_hands_over_people_reason_and_the_digest_of_every_piece() {
    let digest = forms::head("").digest;
    assert_fields(
        forms::transfer(3, 4),
        &[
            "道路交通事故移交单",
            "案件编号K20260301000123接收单位",
            "报警时间2026年03月01日08时18分移交时间2026年03月01日08时24分",
            "位置坐标北纬29.713500°",
            "当事人张伟",
            "当事人李娜",
            "当事人䶮㛃𬀩",
            "号牌号码—保险公司—保险凭证号—",
            "移交原因：",
            "已告知事项及已采取措施：",
            "已收集的材料：",
            "1现场照片（车辆前部）张伟2026年03月01日08时21分",
            &digest,
            "接收人",
            "接收时间",
        ],
    );
}

#[test]
fn the_review_papers_carry_request_reasons_evidence_and_decision() {
    assert_fields(
        forms::review_application(),
        &[
            "道路交通事故认定复核申请书",
            "复核机关绍兴市公安局交通警察支队",
            "申请人张伟联系电话",
            "认定书编号3306812026000001送达时间",
            "复核请求：",
            "事实和理由：",
            "主要证据：",
            "1．行车记录仪视频一段",
            "申请人签名：张伟",
            "三个工作日",
        ],
    );
    for (kind, title) in [
        (ReviewNoticeKind::Accepted, "道路交通事故认定复核受理通知书"),
        (
            ReviewNoticeKind::NotAccepted,
            "道路交通事故认定复核不予受理通知书",
        ),
        (ReviewNoticeKind::Ended, "道路交通事故认定复核终止通知书"),
        (ReviewNoticeKind::Conclusion, "道路交通事故认定复核结论"),
    ] {
        let wanted = [
            title,
            "第330601202600000007号",
            "张伟：",
            "审查情况",
            "决定",
            "维持原",
            "告知事项",
            "王建国",
        ];
        assert_fields(forms::review_notice(kind), &wanted);
    }
}

#[test]
fn the_void_notice_names_the_old_number_the_reason_and_the_new_one() {
    assert_fields(
        forms::void_notice(),
        &[
            "道路交通事故认定书作废通知",
            "张伟、李娜：",
            "第3306812026000001号",
            "原编号3306812026000001",
            "作废时间2026年03月02日09时10分",
            "新编号3306812026000002",
            "https://kuaichu.example.cn/v/3306812026000002?c=Zr4tYpLmW82s",
            "作废原因",
            "录入有误",
            "告知事项",
        ],
    );
}

#[test]
fn a_draft_of_any_paper_says_so_and_has_neither_code_nor_seal_nor_places() {
    for (name, paper) in forms::every() {
        let draft = render(&paper, State::Draft, &FONTS).unwrap();
        let text = text(&draft);
        assert!(text.contains("草稿无效"), "{name}: {text}");
        assert!(!text.contains("扫码核验"), "{name}: {text}");
        assert!(draft.places.is_empty(), "{name}");
    }
}

#[test]
fn every_issued_paper_has_a_place_for_the_unit_and_one_for_each_who_has_yet_to_sign() {
    for (name, paper) in forms::every().into_iter().chain(forms::hard()) {
        let places = issued(&paper).places;
        let units = places.iter().filter(|place| place.name == "unit").count();
        assert_eq!(units, 1, "{name}");
    }
    let mut agreement = forms::agreement(6);
    for signature in &mut agreement.signatures {
        signature.slot = SignatureSlot::Pending;
    }
    let names: Vec<_> = issued(&agreement.into())
        .places
        .into_iter()
        .map(|place| place.name)
        .collect();
    assert_eq!(
        names,
        [
            "party-1", "party-2", "party-3", "party-4", "party-5", "party-6", "unit"
        ]
    );
}

#[test]
fn a_table_that_goes_on_repeats_its_head_on_every_page_and_loses_no_row() {
    let pdf = issued(&forms::assessment(120).into());
    assert!(pdf.pages >= 4, "{}", pdf.pages);
    let rows_on = |page: u32| {
        let page = page.to_string();
        run("pdftotext", &["-raw", "-f", &page, "-l", &page], &pdf).replace(['\n', ' '], "")
    };
    for page in 1..pdf.pages {
        assert!(rows_on(page).contains("序号损失项目修理方式"), "{page}");
    }
    assert_eq!(text(&pdf).matches("150.001,430.00").count(), 120);
}

#[test]
fn a_cell_longer_than_a_page_goes_on_on_the_next_one() {
    let mut sheet = forms::transfer(1, 2);
    sheet.collected[1].what = forms::long_text();
    let text = text(&issued(&sheet.into()));
    for index in 100..180 {
        assert!(text.contains(&format!("第{index}句")), "{index}");
    }
}

#[test]
fn a_character_without_a_shape_is_refused_with_its_cell() {
    let mut sheet = forms::assessment(3);
    sheet.items[2].name = "车灯🚗".to_owned();
    let refused = render(&sheet, State::Issued, &FONTS).unwrap_err();
    let missing = RenderError::MissingGlyph {
        character: '🚗',
        field: "items[2].1".to_owned(),
    };
    assert_eq!(refused, missing);
}

#[test]
fn a_paper_survives_storage_as_json_and_gives_the_same_bytes_again() {
    for (name, paper) in forms::every() {
        let stored = serde_json::to_string(&paper).unwrap();
        let back: Paper = serde_json::from_str(&stored).unwrap();
        assert!(issued(&paper) == issued(&back), "{name}");
    }
}

#[test]
fn every_page_looks_as_it_did_when_somebody_last_looked_at_it() {
    for (name, paper) in forms::every() {
        golden::assert_looks_as_before(name, &issued(&paper));
    }
    let draft = render(&forms::assessment(4), State::Draft, &FONTS).unwrap();
    golden::assert_looks_as_before("assessment-draft", &draft);
}
