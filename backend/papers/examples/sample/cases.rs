//! Complete findings with invented people, for the sample and the tests.

#![allow(dead_code, reason = "each test file takes the cases it needs")]

use papers::{
    FindingDocument, InjuryStatement, Ink, Mediation, Officer, Party, PartySignature, Performance, Point,
    SignatureSlot, seal,
};

/// Strokes as a hand makes them: slow at the turns, quick between; different for each `seed`.
pub fn ink(seed: u16) -> Ink {
    let mut strokes = Vec::new();
    let mut t = 0.0;
    for stroke in 0..5_u16 {
        let mut points = Vec::new();
        let phase = f32::from(seed * 7 + stroke * 5);
        let left = 60.0 + f32::from(stroke) * 95.0;
        let lift = 30.0 * (phase * 0.9).sin();
        for index in 0..44_u16 {
            let u = f32::from(index) / 43.0;
            let x = left + 120.0 * u + 28.0 * (u * 6.0 + phase).sin();
            let y = 160.0 + lift + 70.0 * (u * 5.2 + phase * 0.7).sin() * (1.0 - 0.5 * u);
            t += 9.0 + 8.0 * f64::from((u * 9.0).sin().abs());
            points.push(Point {
                x,
                y,
                t,
                pressure: 0.5,
            });
        }
        t += 120.0;
        strokes.push(points);
    }
    Ink {
        strokes,
        width: 640.0,
        height: 320.0,
    }
}

pub fn party(label: &str, name: &str, number: &str, plate: &str, insurer: &str) -> Party {
    Party {
        label: label.to_owned(),
        name: Some(name.to_owned()),
        document_number: Some(number.to_owned()),
        phone: Some("13805750001".to_owned()),
        traffic_mode: Some("驾驶小型客车".to_owned()),
        vehicle: Some("小型轿车／小型汽车号牌".to_owned()),
        plate: Some(plate.to_owned()),
        insurer: Some(insurer.to_owned()),
        policy_number: Some("PDAA202633060000012345".to_owned()),
    }
}

pub fn signed(label: &str, name: &str, seed: u16) -> PartySignature {
    let at = "2026年03月01日08时31分 短信验证后手写签名".to_owned();
    PartySignature {
        label: label.to_owned(),
        name: name.to_owned(),
        slot: SignatureSlot::Signed { ink: ink(seed), at },
    }
}

/// Two cars, a rear-end collision, everything signed.
pub fn rear_end() -> FindingDocument {
    FindingDocument {
        unit: ["诸暨市公安局".to_owned(), "交通警察大队".to_owned()],
        number: "3306812026000001".to_owned(),
        revision: 1,
        occurred_at: "2026年03月01日08时15分".to_owned(),
        weather: "晴".to_owned(),
        place: "诸暨市暨阳街道艮塔西路与东一路交叉口以东120米".to_owned(),
        parties: vec![
            party("甲", "张伟", "440524188001010014", "浙DA1234", "中国人民财产保险股份有限公司诸暨支公司"),
            party("乙", "李娜", "11010519491231002X", "浙DD12345", "中国平安财产保险股份有限公司绍兴中心支公司"),
        ],
        facts: "2026年03月01日08时15分，张伟驾驶浙DA1234小型轿车沿艮塔西路由西向东行驶，行至艮塔西路与东一路交叉口以东120米处，车头与前方同车道内李娜驾驶的浙DD12345小型轿车车尾相撞，造成两车损坏的道路交通事故。".to_owned(),
        liability: vec![
            "张伟驾驶机动车未与前车保持足以采取紧急制动措施的安全距离，违反了《中华人民共和国道路交通安全法》第四十三条之规定，是造成此次事故的原因，承担全部责任。".to_owned(),
            "李娜无导致此次事故的过错，无责任。".to_owned(),
        ],
        signatures: vec![signed("甲", "张伟", 1), signed("乙", "李娜", 2)],
        officer: Officer { name: "王建国".to_owned(), badge: "068123".to_owned(), ink: Some(ink(5)) },
        seal: Some(seal("诸暨市公安局交通警察大队", "道路交通事故处理专用章")),
        date: "2026年03月01日".to_owned(),
        injuries: Vec::new(),
        mediation: None,
        rights: "当事人对道路交通事故认定有异议的，可以自本认定书送达之日起三个工作日内，向上一级公安机关交通管理部门提出书面复核申请，复核申请应当载明复核请求及其理由和主要证据。同一事故的复核以一次为限。\n有下列情形之一的，当事人可以就损害赔偿向人民法院提起民事诉讼：对认定有异议，拒绝签名，不同意由公安机关交通管理部门调解，或者调解达成协议后不履行。".to_owned(),
        verification_url: Some("https://kuaichu.example.cn/v/3306812026000001?c=q7Xw2LmZ9tRk".to_owned()),
        digest: "9f2c41d07b5e8a6630c1f4ab92d7e58e1b07c3a4d6f98250e7a1b3c5d7f90214".to_owned(),
        made_at: "2026-03-01T08:29:00+08:00".to_owned(),
    }
}

/// Six cars in one another's way.
pub fn six_parties() -> FindingDocument {
    let mut document = rear_end();
    let people = ["张伟", "李娜", "王芳", "陈静", "刘洋", "杨帆"];
    let labels = ["甲", "乙", "丙", "丁", "戊", "己"];
    let each = || labels.into_iter().zip(people);
    let block = |(label, name)| {
        party(
            label,
            name,
            "11010519491231002X",
            "浙D00001",
            "浙商财产保险股份有限公司",
        )
    };
    document.parties = each().map(block).collect();
    document.signatures = each()
        .zip(1..)
        .map(|((label, name), seed)| signed(label, name, seed))
        .collect();
    document
}

/// Every part the form can have: a rare name, a name of 60 letters, an e-bike without plate or policy, a slight
/// injury, a refusal to sign, a mediated result.
pub fn everything() -> FindingDocument {
    let mut document = rear_end();
    let long_name = "MARIA ALEXANDRA CATHERINE HENRIETTA VON HOHENZOLLERN-SIGMARI";
    document.parties[0].name = Some("䶮㛃𬀩".to_owned());
    document.parties[1].name = Some(long_name.to_owned());
    document.parties.push(Party {
        label: "丙".to_owned(),
        name: Some("𠅤𬱖".to_owned()),
        document_number: Some("11010519491231002X".to_owned()),
        traffic_mode: Some("驾驶电动自行车".to_owned()),
        ..Party::default()
    });
    document.signatures = vec![
        signed("甲", "䶮㛃𬀩", 1),
        signed("乙", long_name, 2),
        refused("丙", "𠅤𬱖"),
    ];
    document.injuries = vec![InjuryStatement {
        text: "本人声明：在本次事故中伤势轻微，无需进一步治疗，同意适用简易程序处理。".to_owned(),
        signature: signed("乙", long_name, 3),
    }];
    document.mediation = Some(Mediation {
        text: "经甲方、乙方、丙方共同申请，由交通警察主持调解，当事人自愿达成如下协议：\n一、甲方向乙方支付赔偿款人民币1,200.00元。\n二、本协议自各方当事人签名之日起生效。".to_owned(),
        performance: Some(Performance { how: Some("银行转账".to_owned()), until: Some("2026年03月08日前".to_owned()) }),
        signatures: vec![signed("甲", "䶮㛃𬀩", 4), signed("乙", long_name, 6)],
    });
    document
}

/// This finding with an agreed mediation of so many clauses under it, signed by every party.
pub fn mediated(document: FindingDocument, clauses: usize) -> FindingDocument {
    let sides: Vec<_> = document
        .signatures
        .iter()
        .map(|s| format!("{}方", s.label))
        .collect();
    let begun = format!(
        "经{}共同申请，由交通警察主持调解，当事人自愿达成如下协议：",
        sides.join("、")
    );
    let clause = |index: usize| {
        format!(
            "{index}、{}向{}支付赔偿款人民币1,2{index:02}.00元，用于车辆修理、拖车和停运期间的替代交通费用，票据由收款方提供。",
            sides[index % sides.len()],
            sides[(index + 1) % sides.len()]
        )
    };
    let lines = std::iter::once(begun).chain((1..=clauses).map(clause));
    let signatures = document.signatures.iter().zip(20..);
    let mediation = Mediation {
        text: lines.collect::<Vec<_>>().join("\n"),
        performance: Some(Performance {
            how: Some("银行转账".to_owned()),
            until: Some("自签名之日起7日内".to_owned()),
        }),
        signatures: signatures
            .map(|(s, seed)| signed(&s.label, &s.name, seed))
            .collect(),
    };
    FindingDocument {
        mediation: Some(mediation),
        ..document
    }
}

/// This finding with a note in the place of a result.
pub fn not_mediated(document: FindingDocument) -> FindingDocument {
    let text = "不适用调解。\n乙方不同意调解：要求直接起诉。交通警察于2026年03月01日09时02分注明。";
    FindingDocument {
        mediation: Some(Mediation {
            text: text.to_owned(),
            performance: None,
            signatures: Vec::new(),
        }),
        ..document
    }
}

pub fn refused(label: &str, name: &str) -> PartySignature {
    let slot = SignatureSlot::Refused {
        what: "签字".to_owned(),
        reason: "认为前车急刹车，不同意责任划分".to_owned(),
        noted_at: "2026年03月01日08时35分".to_owned(),
    };
    PartySignature {
        label: label.to_owned(),
        name: name.to_owned(),
        slot,
    }
}

/// A statement of more than 2,000 characters; sentences are numbered from 100 to 179.
pub fn long_statement() -> FindingDocument {
    let sentence = |index: usize| format!("第{index}句：两车于路口相遇，均未减速；随后发生碰撞。");
    FindingDocument {
        facts: (100..180).map(sentence).collect(),
        ..rear_end()
    }
}
