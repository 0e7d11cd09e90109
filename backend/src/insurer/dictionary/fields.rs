//! The fields of the three records that insurers pull.

use super::{DictionaryField, DictionaryRecord};

/// Field, label, meaning, unit, list of codes.
type Line = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
);

const FEN: Option<&str> = Some("fen");
const AT: Option<&str> = Some("instant");
const COUNT: Option<&str> = Some("count");
const NONE: Option<&str> = None;

pub fn records() -> Vec<DictionaryRecord> {
    [
        ("SettlementRecord", "理算记录", SETTLEMENT),
        ("SettlementParty", "理算记录的当事人", PARTY),
        ("SettlementPayment", "理算记录的赔付", PAYMENT),
        ("PaymentOrder", "付款单", ORDER),
        ("AssessmentRecord", "定损单", ASSESSMENT),
    ]
    .into_iter()
    .map(|(name, label, lines)| DictionaryRecord {
        name,
        label,
        fields: lines.iter().map(|line| field(*line)).collect(),
    })
    .collect()
}

fn field((field, label, meaning, unit, codes): Line) -> DictionaryField {
    DictionaryField {
        field,
        label,
        meaning,
        unit,
        codes,
    }
}

const SETTLEMENT: &[Line] = &[
    (
        "id",
        "记录编号",
        "Of this record; stays when it changes.",
        NONE,
        NONE,
    ),
    (
        "change",
        "变更序号",
        "Grows with every change of any record.",
        COUNT,
        NONE,
    ),
    (
        "finding_number",
        "认定书编号",
        "Number of the finding.",
        NONE,
        NONE,
    ),
    ("issued_at", "出具时间", "When the finding was issued.", AT, NONE),
    ("occurred_at", "事故时间", "When it happened.", AT, NONE),
    ("place", "事故地点", "Where it happened.", NONE, NONE),
    (
        "unit",
        "处理单位",
        "The police unit: GB/T 2260 code and name.",
        NONE,
        NONE,
    ),
    (
        "parties",
        "当事人",
        "Everybody involved; the other side masked.",
        NONE,
        NONE,
    ),
    ("method", "理算方式", "How it is paid.", NONE, Some("Method")),
    (
        "payments",
        "赔付明细",
        "Each payment with its rule and reason.",
        NONE,
        NONE,
    ),
    ("losses_fen", "损失合计", "All losses.", FEN, NONE),
    ("paid_fen", "赔付合计", "All payments.", FEN, NONE),
    ("rule_pack", "规则包", "The rules that were in force.", NONE, NONE),
    (
        "document",
        "认定书文件",
        "The finding as a PDF: digest, size, address.",
        NONE,
        NONE,
    ),
    ("settled_at", "理算时间", "When the plan was made.", AT, NONE),
    (
        "plan_changes",
        "重新理算",
        "What later plans changed.",
        NONE,
        NONE,
    ),
    (
        "outcome",
        "处理结果",
        "Mediation, objections, closing.",
        NONE,
        NONE,
    ),
    (
        "void",
        "作废",
        "Since when and why the finding is void.",
        NONE,
        NONE,
    ),
];

const PARTY: &[Line] = &[
    ("label", "代称", "甲, 乙 … as on the finding.", NONE, NONE),
    (
        "own_insured",
        "本公司承保",
        "A policy of yours covers this party.",
        NONE,
        NONE,
    ),
    ("kind", "类别", "Vehicle or on foot.", NONE, Some("PartyKind")),
    ("name", "姓名", "Masked unless own.", NONE, NONE),
    (
        "id_number",
        "证件号码",
        "GB 11643 or another document; masked unless own.",
        NONE,
        NONE,
    ),
    ("phone", "联系电话", "Masked unless own.", NONE, NONE),
    ("plate", "号牌号码", "GA 36.", NONE, NONE),
    ("vehicle_model", "车辆型号", "As the party told it.", NONE, NONE),
    ("liability", "事故责任", "As found.", NONE, Some("Liability")),
    (
        "share",
        "责任比例",
        "Beyond compulsory cover, when it was given.",
        Some("percent"),
        NONE,
    ),
    (
        "insurer",
        "保险公司",
        "Of the compulsory cover.",
        NONE,
        Some("Insurer"),
    ),
    (
        "policy",
        "保险凭证号",
        "Of the compulsory cover; masked unless own.",
        NONE,
        NONE,
    ),
    ("losses", "损失", "By head.", FEN, NONE),
    (
        "signature",
        "签名情况",
        "Under the finding.",
        NONE,
        Some("Signed"),
    ),
];

const PAYMENT: &[Line] = &[
    ("head", "损失项目", "What is paid for.", NONE, Some("Head")),
    ("cover", "赔付来源", "Whose money it is.", NONE, Some("Cover")),
    (
        "holder",
        "承担方",
        "Label of the party whose policy or purse pays.",
        NONE,
        NONE,
    ),
    (
        "insurer",
        "保险公司",
        "Who pays; none: the holder.",
        NONE,
        Some("Insurer"),
    ),
    ("payee", "收款方", "Label of who is paid.", NONE, NONE),
    ("amount_fen", "金额", "The payment.", FEN, NONE),
    ("rule", "规则", "The rule that made it.", NONE, Some("Rule")),
    ("because", "理由", "In a sentence.", NONE, NONE),
    ("own", "本公司支付", "You make this payment.", NONE, NONE),
];

const ORDER: &[Line] = &[
    ("id", "付款单编号", "Of this order.", NONE, NONE),
    (
        "change",
        "变更序号",
        "Grows with every change of any order.",
        COUNT,
        NONE,
    ),
    (
        "finding_number",
        "认定书编号",
        "Number of the finding.",
        NONE,
        NONE,
    ),
    ("occurred_at", "事故时间", "When it happened.", AT, NONE),
    ("unit", "处理单位", "The police unit.", NONE, NONE),
    ("insurer", "付款公司", "Who owes it.", NONE, Some("Insurer")),
    ("own", "本公司", "It is yours.", NONE, NONE),
    ("payee", "收款方", "Label of who is paid.", NONE, NONE),
    (
        "payee_name",
        "收款人",
        "Plain for who pays and the payee's own insurer.",
        NONE,
        NONE,
    ),
    (
        "direction",
        "方向",
        "To pay, or to ask back.",
        NONE,
        Some("Direction"),
    ),
    ("amount_fen", "金额", "Of the order.", FEN, NONE),
    ("lines", "明细", "What it is made of.", NONE, NONE),
    ("made_at", "开立时间", "When it was made.", AT, NONE),
    ("state", "状态", "How it stands.", NONE, Some("OrderStateName")),
    ("paid", "付款信息", "By whom, when, reference.", NONE, NONE),
    ("confirmed_at", "到账时间", "When the payee confirmed.", AT, NONE),
    ("rejected", "退回信息", "Why it is back at the desk.", NONE, NONE),
    (
        "note",
        "备注",
        "What the desk wrote when it issued it again.",
        NONE,
        NONE,
    ),
];

const ASSESSMENT: &[Line] = &[
    ("id", "定损单编号", "Of this assessment.", NONE, NONE),
    (
        "change",
        "变更序号",
        "Grows with every change of any assessment.",
        COUNT,
        NONE,
    ),
    ("accident_id", "案件编号", "The case it belongs to.", NONE, NONE),
    ("occurred_at", "事故时间", "When it happened.", AT, NONE),
    ("place", "事故地点", "Where it happened.", NONE, NONE),
    ("unit", "处理单位", "The police unit.", NONE, NONE),
    (
        "parties",
        "当事人",
        "Everybody involved; the other side masked.",
        NONE,
        NONE,
    ),
    (
        "party",
        "定损车辆",
        "Label of the party whose vehicle it is.",
        NONE,
        NONE,
    ),
    (
        "supplements",
        "补充定损",
        "The assessment it takes the place of.",
        NONE,
        NONE,
    ),
    ("latest", "最新", "No other supplements it.", NONE, NONE),
    ("assessor", "定损方", "Who assessed.", NONE, Some("AssessorKind")),
    ("state", "状态", "How it stands.", NONE, Some("AssessmentState")),
    (
        "basis",
        "生效依据",
        "Why it binds.",
        NONE,
        Some("AssessmentBasis"),
    ),
    ("bound_at", "生效时间", "Since when it binds.", AT, NONE),
    (
        "until",
        "答复截止",
        "The first moment that is too late.",
        AT,
        NONE,
    ),
    ("must_answer", "须答复方", "Who is asked.", NONE, NONE),
    ("answers", "答复", "What was said.", NONE, Some("AnswerKind")),
    ("must_answer_own", "本公司须答复", "You are asked.", NONE, NONE),
    (
        "own_answer",
        "本公司答复",
        "What you said.",
        NONE,
        Some("AnswerKind"),
    ),
    ("sampled", "抽检", "Drawn for re-inspection.", NONE, NONE),
    (
        "sample_key",
        "抽检依据",
        "What the draw was made from.",
        NONE,
        NONE,
    ),
    ("agreement", "互信协议", "The agreement in force.", NONE, NONE),
    (
        "items",
        "定损项目",
        "Part, operation, quantity, price.",
        NONE,
        NONE,
    ),
    ("total_fen", "定损金额", "The figure.", FEN, NONE),
    ("difference_fen", "差额", "To the one it supplements.", FEN, NONE),
    ("joint", "联合定损", "What both sides found.", NONE, NONE),
    ("photos", "照片", "Pictures it names.", NONE, NONE),
    ("note", "备注", "The assessor's words.", NONE, NONE),
    ("proposed_at", "提出时间", "When it was put forward.", AT, NONE),
];
