//! One of every other paper with invented people, and each again with the hardest fields it can meet.

use papers::{
    Agreement, AgreementParty, AssessedItem, AssessmentSheet, AssessmentTotals, COLLISIONS, Collected,
    DAMAGED_PARTS, Head, Issuer, LIABILITIES, Loss, MediationRecord, Officer, PaidBy, Paper, Participant,
    Party, PartySignature, Performance, Replacement, ReviewApplication, ReviewNotice, ReviewNoticeKind,
    SITUATIONS, SettlementNotice, SignatureSlot, Statement, TransferSheet, VoidNotice, seal, ticks,
};

use super::cases;

pub const LONG_NAME: &str = "MARIA ALEXANDRA CATHERINE HENRIETTA VON HOHENZOLLERN-SIGMARI";
const DIGEST: &str = "9f2c41d07b5e8a6630c1f4ab92d7e58e1b07c3a4d6f98250e7a1b3c5d7f90214";
const LABELS: [&str; 6] = ["甲", "乙", "丙", "丁", "戊", "己"];
/// The third rides an e-bike without plate or policy.
const NAMES: [&str; 6] = ["张伟", "李娜", "䶮㛃𬀩", LONG_NAME, "欧阳慕容婉清", "𠅤𬱖"];

pub fn head(number: &str) -> Head {
    Head {
        unit: ["诸暨市公安局".to_owned(), "交通警察大队".to_owned()],
        number: Some(number.to_owned()).filter(|number| !number.is_empty()),
        revision: 1,
        verification_url: Some(format!("https://kuaichu.example.cn/v/{number}?c=q7Xw2LmZ9tRk"))
            .filter(|_| !number.is_empty()),
        digest: DIGEST.to_owned(),
        made_at: "2026-03-01T09:05:00+08:00".to_owned(),
    }
}

fn without_unit() -> Head {
    Head {
        unit: [String::new(), String::new()],
        ..head("")
    }
}

fn issuer(copies: &str) -> Issuer {
    Issuer {
        officer: Some(Officer {
            name: "王建国".to_owned(),
            badge: "068123".to_owned(),
            ink: Some(cases::ink(5)),
        }),
        seal: Some(seal("诸暨市公安局交通警察大队", "道路交通事故处理专用章")),
        date: "2026年03月01日".to_owned(),
        copies: copies.to_owned(),
    }
}

fn pending(label: &str, name: &str) -> PartySignature {
    PartySignature {
        label: label.to_owned(),
        name: name.to_owned(),
        slot: SignatureSlot::Pending,
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub fn party(index: usize) -> Party {
    let (label, name) = (LABELS[index], NAMES[index]);
    if index == 2 {
        return Party {
            label: label.to_owned(),
            name: text(name),
            document_number: text("11010519491231002X"),
            phone: text("13805750003"),
            traffic_mode: text("驾驶电动自行车"),
            ..Party::default()
        };
    }
    let insurer = "中国人民财产保险股份有限公司诸暨支公司";
    cases::party(label, name, "440524188001010014", "浙DA1234", insurer)
}

pub fn agreement(parties: usize) -> Agreement {
    let party = |index: usize| {
        let on = |options: &[&str], chosen: usize| ticks(options, |option| option == options[chosen]);
        let car = index != 2;
        AgreementParty {
            label: LABELS[index].to_owned(),
            name: text(NAMES[index]),
            document_number: text("440524188001010014"),
            phone: text("13805750001"),
            plate: text("浙DA1234").filter(|_| car),
            vehicle: text(if car { "小型轿车" } else { "电动自行车" }),
            insurer: text("中国平安财产保险股份有限公司绍兴中心支公司").filter(|_| car),
            policy_number: text("PDAA202633060000012345").filter(|_| car),
            insured_until: text("2025年06月01日至2026年05月31日").filter(|_| car),
            claim_number: text("RDAA2026330600004321").filter(|_| index == 0),
            damaged: on(&DAMAGED_PARTS, if index == 0 { 0 } else { 3 }),
            situation: on(&SITUATIONS, if index == 0 { 0 } else { 7 }),
            liability: on(&LIABILITIES, usize::from(index != 0)),
        }
    };
    Agreement {
        head: without_unit(),
        occurred_at: "2026年03月01日08时15分".to_owned(),
        weather: "晴".to_owned(),
        place: "诸暨市暨阳街道艮塔西路与东一路交叉口以东120米".to_owned(),
        collision: ticks(&COLLISIONS, |option| option == "追尾碰撞"),
        parties: (0..parties).map(party).collect(),
        terms: String::new(),
        statement: "以上情况由当事人如实填写，当事人对事故事实和责任无争议。当事人提供虚假事实、骗取保险金的，依法承担法律责任。".to_owned(),
        signatures: (0..parties).map(|index| cases::signed(LABELS[index], NAMES[index], 11)).collect(),
        date: "2026年03月01日".to_owned(),
        copies: "本协议书一式三份，当事人各执一份，一份交保险公司。".to_owned(),
    }
}

pub fn assessment(items: usize) -> AssessmentSheet {
    let item = |index: usize| AssessedItem {
        name: [
            "前保险杠皮",
            "左前大灯总成",
            "左前翼子板",
            "发动机盖铰链及隔音垫（含固定卡扣）",
        ][index % 4]
            .to_owned(),
        operation: ["更换", "修复", "喷漆"][index % 3].to_owned(),
        parts: if index % 3 == 1 {
            String::new()
        } else {
            "1,280.00".to_owned()
        },
        labour: "150.00".to_owned(),
        total: "1,430.00".to_owned(),
    };
    AssessmentSheet {
        head: head("330681202600000101"),
        case_number: "3306812026000001".to_owned(),
        occurred_at: "2026年03月01日08时15分".to_owned(),
        owner: "乙方 李娜".to_owned(),
        plate: text("浙DD12345"),
        vehicle: text("大众帕萨特 SVW7183"),
        vin: text("LSVDL2A48AN123456"),
        insurer: text("中国平安财产保险股份有限公司绍兴中心支公司"),
        damaged: text("车尾、右后角"),
        items: (0..items).map(item).collect(),
        totals: AssessmentTotals {
            parts: "3,840.00".to_owned(),
            labour: "600.00".to_owned(),
            total: "4,440.00".to_owned(),
            in_words: "肆仟肆佰肆拾元整".to_owned(),
        },
        payer: "中国人民财产保险股份有限公司（交强险2,000.00元，商业三者险2,440.00元）".to_owned(),
        assessor: "人保财险 陈定损".to_owned(),
        assessed_at: "2026年03月01日14时20分".to_owned(),
        deadline: text("2026年03月04日24时前可以提出异议；修理完成期限2026年03月15日"),
        objection: None,
        rights: "当事人对本定损金额有异议的，可以在期限内提出并说明理由，由双方共同重新定损，或者委托有资质的机构评估。".to_owned(),
        signatures: vec![cases::signed("乙", "李娜", 12)],
        date: "2026年03月01日".to_owned(),
        copies: "本单一式三份，车主、保险公司各一份，一份存卷。".to_owned(),
    }
}

pub fn settlement() -> SettlementNotice {
    SettlementNotice {
        head: head("330681202600000102"),
        addressee: "乙方李娜".to_owned(),
        opening: "您于2026年03月01日08时15分在诸暨市暨阳街道艮塔西路与东一路交叉口以东120米发生的道路交通事故，已作出第3306812026000001号道路交通事故认定书。现将赔付结果告知如下。".to_owned(),
        losses: vec![
            Loss { what: "车辆修理费".to_owned(), note: "定损单2026年03月01日".to_owned(), amount: "4,440.00".to_owned() },
            Loss { what: "施救费".to_owned(), note: String::new(), amount: "300.00".to_owned() },
        ],
        payments: vec![
            PaidBy {
                payer: "中国人民财产保险".to_owned(),
                payee: "李娜".to_owned(),
                what: "交强险财产损失".to_owned(),
                amount: "2,000.00".to_owned(),
                rule: "有责限额内先行赔付（《道路交通安全法》第七十六条）".to_owned(),
            },
            PaidBy {
                payer: "中国人民财产保险".to_owned(),
                payee: "李娜".to_owned(),
                what: "商业三者险".to_owned(),
                amount: "2,740.00".to_owned(),
                rule: "超出部分由甲方按全部责任承担，其保险公司按合同赔付".to_owned(),
            },
        ],
        bears: "以上合计赔付4,740.00元，您不需要自行承担损失。".to_owned(),
        what_next: "保险公司在2026年03月08日前付款，到账后请在原链接中确认。逾期未到账的，可以在同一页面反映。".to_owned(),
        contact: "诸暨市公安局交通警察大队事故快处中心，电话0575-87000122；保险公司理赔电话95518。".to_owned(),
        issuer: Issuer { officer: None, ..issuer("") },
    }
}

pub fn mediation_record(parties: usize) -> MediationRecord {
    let participant = |index: usize| Participant {
        name: NAMES[index].to_owned(),
        role: format!("{}方当事人", LABELS[index]),
        means: "手机视频，短信验证".to_owned(),
    };
    MediationRecord {
        head: head("330681202600000103"),
        finding_number: "3306812026000001".to_owned(),
        occurred_at: "2026年03月01日08时15分".to_owned(),
        place: "诸暨市暨阳街道艮塔西路与东一路交叉口以东120米".to_owned(),
        held_at: "2026年03月01日08时40分至09时02分".to_owned(),
        held_by: "远程视频".to_owned(),
        host: "王建国（警号068123）".to_owned(),
        participants: (0..parties).map(participant).collect(),
        request: "甲方于2026年03月01日08时36分、乙方于08时38分申请由公安机关交通管理部门调解。".to_owned(),
        statements: vec![
            Statement {
                by: "乙方".to_owned(),
                at: "08时42分".to_owned(),
                text: "要求甲方赔偿修理费和两日的交通费。".to_owned(),
            },
            Statement {
                by: "甲方".to_owned(),
                at: "08时45分".to_owned(),
                text: "同意赔偿修理费，交通费按票据支付。".to_owned(),
            },
        ],
        result: "各方自愿达成协议：甲方向乙方支付赔偿款人民币1,200.00元。".to_owned(),
        performance: Some(Performance {
            how: text("银行转账"),
            until: text("2026年03月08日前"),
        }),
        signatures: (0..parties)
            .map(|index| cases::signed(LABELS[index], NAMES[index], 30))
            .collect(),
        issuer: issuer("本记录一式三份，当事人各一份，一份存卷。"),
    }
}

pub fn transfer(parties: usize, collected: usize) -> TransferSheet {
    let item = |index: usize| Collected {
        what: ["现场照片（车辆前部）", "现场视频片段", "驾驶证照片", "甲方陈述"][index % 4].to_owned(),
        by: ["张伟", "民警王建国"][index % 2].to_owned(),
        at: "2026年03月01日08时21分".to_owned(),
        digest: if index % 4 == 3 {
            String::new()
        } else {
            DIGEST.to_owned()
        },
    };
    TransferSheet {
        head: head("330681202600000104"),
        case_number: "K20260301000123".to_owned(),
        to: text("诸暨市公安局交通警察大队城区中队"),
        reported_at: "2026年03月01日08时18分".to_owned(),
        occurred_at: "2026年03月01日08时15分".to_owned(),
        weather: "晴".to_owned(),
        place: "诸暨市暨阳街道艮塔西路与东一路交叉口以东120米".to_owned(),
        coordinates: text("北纬29.713500°，东经120.246800°，误差约12米"),
        reason:
            "当事人怀疑对方饮酒。依照《道路交通事故处理程序规定》第十三条，应当保护现场并由民警到场处理。"
                .to_owned(),
        parties: (0..parties).map(party).collect(),
        measures:
            "08时22分告知当事人保护现场、开启危险报警闪光灯、人员撤至安全地带。\n08时24分通知路面中队出警。"
                .to_owned(),
        collected: (0..collected).map(item).collect(),
        handed_over_at: "2026年03月01日08时24分".to_owned(),
        issuer: issuer("本单一式两份，移交单位、接收单位各一份。"),
    }
}

pub fn review_application() -> ReviewApplication {
    ReviewApplication {
        head: without_unit(),
        to: "绍兴市公安局交通警察支队".to_owned(),
        through: text("诸暨市公安局交通警察大队"),
        applicant: party(0),
        finding_number: "3306812026000001".to_owned(),
        finding_unit: "诸暨市公安局交通警察大队".to_owned(),
        served_at: "2026年03月01日08时35分".to_owned(),
        filed_at: "2026年03月03日10时02分".to_owned(),
        request: "撤销第3306812026000001号道路交通事故认定书，重新认定责任。".to_owned(),
        reasons: "前车在绿灯亮起后突然倒车，认定书未对倒车的事实作出认定。".to_owned(),
        evidence: vec!["行车记录仪视频一段".to_owned(), "路口监控调取申请".to_owned()],
        note: "复核申请应当自道路交通事故认定书送达之日起三个工作日内提出，同一事故的复核以一次为限（《道路交通事故处理程序规定》第七十一条、第七十六条）。".to_owned(),
        signature: cases::signed("申请人", "张伟", 14),
    }
}

pub fn review_notice(kind: ReviewNoticeKind) -> ReviewNotice {
    let mut head = head("330601202600000007");
    head.unit = ["绍兴市公安局".to_owned(), "交通警察支队".to_owned()];
    ReviewNotice {
        head,
        kind,
        addressee: "张伟".to_owned(),
        finding_number: "3306812026000001".to_owned(),
        finding_unit: "诸暨市公安局交通警察大队".to_owned(),
        applicant: "张伟".to_owned(),
        filed_at: "2026年03月03日".to_owned(),
        reasons: "经审查，原认定书认定的事实清楚，证据确实充分；行车记录仪视频未显示前车倒车。".to_owned(),
        decision: "依照《道路交通事故处理程序规定》第七十四条，维持原道路交通事故认定。".to_owned(),
        rights: "同一事故的复核以一次为限。对损害赔偿有争议的，可以向人民法院提起民事诉讼。".to_owned(),
        issuer: Issuer {
            seal: Some(seal("绍兴市公安局交通警察支队", "道路交通事故处理专用章")),
            ..issuer("本文书一式三份，送达各方当事人，一份附卷。")
        },
    }
}

pub fn void_notice() -> VoidNotice {
    VoidNotice {
        head: head("330681202600000105"),
        addressee: "张伟、李娜".to_owned(),
        old_number: "3306812026000001".to_owned(),
        old_date: "2026年03月01日".to_owned(),
        occurred_at: "2026年03月01日08时15分".to_owned(),
        place: "诸暨市暨阳街道艮塔西路与东一路交叉口以东120米".to_owned(),
        voided_at: "2026年03月02日09时10分".to_owned(),
        reason: "乙方号牌号码录入有误".to_owned(),
        replacement: Some(Replacement {
            number: "3306812026000002".to_owned(),
            url: "https://kuaichu.example.cn/v/3306812026000002?c=Zr4tYpLmW82s".to_owned(),
        }),
        consequences:
            "原认定书的签名和送达一并失效，新认定书重新签名和送达。复核和诉讼的期限自新认定书送达之日起计算。"
                .to_owned(),
        issuer: issuer("本通知一式三份，送达各方当事人，一份附卷。"),
    }
}

/// One of each.
pub fn every() -> Vec<(&'static str, Paper)> {
    vec![
        ("finding", cases::rear_end().into()),
        ("agreement", agreement(2).into()),
        ("assessment", assessment(4).into()),
        ("settlement", settlement().into()),
        ("mediation-record", mediation_record(2).into()),
        ("transfer", transfer(2, 4).into()),
        ("review-application", review_application().into()),
        ("review-accepted", notice(ReviewNoticeKind::Accepted)),
        ("review-conclusion", notice(ReviewNoticeKind::Conclusion)),
        ("void-notice", void_notice().into()),
    ]
}

fn notice(kind: ReviewNoticeKind) -> Paper {
    review_notice(kind).into()
}

/// A statement of 2,000 characters and more.
pub fn long_text() -> String {
    cases::long_statement().facts
}

/// Six parties, names of 60 letters, rare characters, an e-bike without a plate, texts of 2,000 characters, 40 rows.
pub fn hard() -> Vec<(&'static str, Paper)> {
    let mut agreed = agreement(6);
    agreed.terms = long_text();
    agreed.signatures[2] = pending("丙", NAMES[2]);
    agreed.signatures[3] = cases::refused("丁", LONG_NAME);
    let mut assessed = assessment(40);
    assessed.owner = format!("丁方 {LONG_NAME}");
    assessed.items[7].name = "车".repeat(600);
    assessed.items[9].total = "12,345,678,901.00".to_owned();
    assessed.objection = Some(long_text());
    let mut settled = settlement();
    settled.addressee = format!("丁方{LONG_NAME}");
    settled.payments = vec![settled.payments[1].clone(); 40];
    settled.losses[0].note = LONG_NAME.to_owned();
    settled.bears = long_text();
    let mut mediated = mediation_record(6);
    mediated.statements[0].text = long_text();
    let mut transferred = transfer(6, 40);
    transferred.reason = long_text();
    transferred.collected[3].what = LONG_NAME.to_owned();
    let mut applied = review_application();
    applied.applicant = party(3);
    applied.signature = cases::refused("申请人", LONG_NAME);
    applied.reasons = long_text();
    let mut concluded = review_notice(ReviewNoticeKind::Conclusion);
    concluded.reasons = long_text();
    concluded.applicant = LONG_NAME.to_owned();
    let mut void = void_notice();
    void.addressee = NAMES.join("、");
    void.reason = long_text().chars().take(900).collect();
    void.replacement = None;
    vec![
        ("hard-finding", cases::everything().into()),
        ("hard-six", cases::mediated(cases::six_parties(), 40).into()),
        ("hard-agreement", agreed.into()),
        ("hard-assessment", assessed.into()),
        ("hard-settlement", settled.into()),
        ("hard-mediation", mediated.into()),
        ("hard-transfer", transferred.into()),
        ("hard-application", applied.into()),
        ("hard-conclusion", concluded.into()),
        ("hard-void", void.into()),
    ]
}
