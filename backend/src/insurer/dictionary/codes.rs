//! Code lists that are not in the catalogue: each code with its label and meaning.

use super::{CASES, OURS};

/// A list with its codes: code, label, meaning.
pub struct List {
    pub name: &'static str,
    pub label: &'static str,
    pub standard: &'static str,
    pub items: &'static [(&'static str, &'static str, &'static str)],
}

/// In the order of the codes 1 to 4.
pub const CLOSINGS: [&str; 4] = [
    "Closed by mediation.",
    "A party does not want mediation.",
    "A party objects to the finding.",
    "A party refuses to sign.",
];
pub const MEDIATIONS: [&str; 4] = [
    "The parties agreed by themselves.",
    "People's mediation.",
    "Mediation by the police.",
    "Mediation by a court.",
];

macro_rules! list {
    ($name:literal, $label:literal, $standard:expr, [$($item:expr),+ $(,)?]) => {
        List { name: $name, label: $label, standard: $standard, items: &[$($item),+] }
    };
}

#[rustfmt::skip]
pub const OURS_AND_OTHERS: &[List] = &[
    list!("Liability", "事故责任", CASES, [
        ("full", "全部责任", "Fully liable (code 1)."),
        ("primary", "主要责任", "Mainly liable (code 2)."),
        ("equal", "同等责任", "Equally liable (code 3)."),
        ("secondary", "次要责任", "Less liable (code 4)."),
        ("none", "无责任", "Not liable (code 5)."),
        ("undetermined", "无法认定", "Liability cannot be found (code 6)."),
    ]),
    list!("PartyKind", "当事人类别", OURS, [
        ("motor", "机动车", "A motor vehicle and its driver."),
        ("non_motor", "非机动车", "A vehicle without a motor, or an electric bicycle."),
        ("pedestrian", "行人", "Somebody on foot."),
    ]),
    list!("Signed", "签名情况", CASES, [
        ("signed", "已签名", "Signed the finding."),
        ("refused", "拒绝签名", "Refused to sign; noted by the officer."),
    ]),
    list!("Method", "理算方式", OURS, [
        ("self_pay", "互碰自赔", "Each compulsory insurer pays its own insured."),
        ("standard", "按责任理算", "Compulsory cover first, the rest by shares."),
    ]),
    list!("Head", "损失项目", "《机动车交通事故责任强制保险条款》", [
        ("property", "财产损失", "Damage to property."),
        ("medical", "医疗费用", "Medical costs."),
        ("disability", "死亡伤残", "Income lost, care, disability."),
    ]),
    list!("Cover", "赔付来源", OURS, [
        ("ctp", "交强险", "Compulsory cover, to somebody else."),
        ("ctp_self", "交强险（互碰自赔）", "Compulsory cover, to its own insured."),
        ("ctp_advance", "交强险（无责代赔）", "Compulsory cover, in advance for the side without fault."),
        ("third_party", "三者险", "Third-party cover."),
        ("own_damage", "车损险", "Own-damage cover."),
        ("personal", "个人承担", "The party, or the owner who should have insured."),
    ]),
    list!("Rule", "理算规则", OURS, [
        ("ctp.self_pay", "互碰自赔", "互碰自赔 between vehicles that share liability."),
        ("ctp.advance", "无责代赔", "The liable side's insurer pays what the side without fault owes."),
        ("ctp.no_fault", "无责限额", "Compulsory cover of the side without fault, to its lower limits."),
        ("ctp.standard", "交强险限额", "Compulsory cover to its limits."),
        ("ctp.uninsured", "未投保交强险", "Without compulsory cover its owner pays in its place."),
        ("share.third_party", "三者险按责", "What is left, by share, from third-party cover."),
        ("share.own_damage", "车损险按责", "The own share of own damage, from own-damage cover."),
        ("share.personal", "个人按责", "What no policy covers, by share, from the liable party."),
        ("share.own", "自行承担", "The own share that nobody covers."),
        ("borne.no_fault", "无责方自担", "What stays with a side because nobody is liable for it."),
    ]),
    list!("OrderStateName", "付款单状态", OURS, [
        ("due", "待付款", "To be paid."),
        ("paid", "已付款", "Paid, as the insurer says."),
        ("confirmed", "已到账", "The payee has the money."),
        ("rejected", "已退回", "Back at the desk."),
        ("replaced", "已被替代", "A later plan took its place."),
    ]),
    list!("Direction", "付款方向", OURS, [
        ("pay", "赔付", "The insurer pays the payee."),
        ("recover", "追回", "The insurer asks the payee for money back."),
    ]),
    list!("OnBehalf", "代付原因", OURS, [
        ("mutual_trust", "互信先行赔付", "Paid for another member of the agreement."),
        ("subrogation", "代位求偿", "Paid by the payee's own insurer, who recovers it."),
    ]),
    list!("ClaimKind", "清算项目", OURS, [
        ("ctp_advance", "无责代赔", "Paid in advance for the compulsory cover of a side without fault."),
        ("mutual_trust", "互信先行赔付", "Paid for another member of the agreement."),
        ("subrogation", "代位求偿", "Paid to the own insured and recovered."),
    ]),
    list!("StatementState", "清算单状态", OURS, [
        ("preview", "未关账", "Still changes."),
        ("frozen", "已关账", "Closed; never changes."),
    ]),
    list!("AssessmentState", "定损状态", OURS, [
        ("awaiting", "待答复", "Somebody is asked to accept or object."),
        ("objected", "有异议", "Somebody objected."),
        ("joint", "联合定损", "Both sides assess together."),
        ("binding", "已生效", "The figure counts."),
    ]),
    list!("AssessmentBasis", "生效依据", OURS, [
        ("mutual_trust", "互信协议", "Binding at once between members."),
        ("accepted", "已接受", "Accepted by everybody asked."),
        ("silence", "逾期视为接受", "The window ended without an objection."),
        ("joint", "联合定损", "Assessed together."),
    ]),
    list!("AnswerKind", "定损答复", OURS, [
        ("accepted", "接受", "The figure is accepted."),
        ("objected", "异议", "The figure is objected to."),
        ("silent", "未答复", "Nothing was said until the window ended."),
    ]),
    list!("AssessorKind", "定损方", OURS, [
        ("desk", "事故处理平台", "The desk's assessor."),
        ("insurer", "保险公司", "An insurer."),
    ]),
    list!("Operation", "维修方式", OURS, [
        ("replace", "更换", "A new part."),
        ("repair", "修复", "The part is repaired."),
        ("paint", "喷漆", "The part is painted."),
        ("refit", "拆装", "The part is taken off and put back."),
    ]),
    list!("MediatedOutcome", "调解结果", CASES, [
        ("agreed", "达成协议", "Every party signed."),
        ("failed", "未达成协议", "Mediation ended without agreement."),
    ]),
    list!("Shot", "照片内容", OURS, [
        ("overview", "现场全景", "The scene as a whole."),
        ("impact", "碰撞部位", "Where they met."),
        ("plate", "号牌", "A number plate."),
        ("damage", "车损细节", "Damage close up."),
        ("licence", "证件", "A paper of the driver or the vehicle."),
        ("other", "其他照片", "Anything else."),
    ]),
    list!("RecordEvidenceKind", "证据类别", OURS, [
        ("photo", "照片", "Taken by the driver."),
        ("still", "民警截图", "Taken when the officer asked for it."),
    ]),
    list!("RecordDocumentKind", "文书类别", CASES, [
        ("finding", "道路交通事故认定书（简易程序）", "The finding."),
        ("agreement", "自行协商协议书", "What the parties agreed by themselves."),
        ("assessment", "机动车损失定损单", "A sheet of an assessment."),
        ("settlement", "赔付结果告知书", "What a party gets, and from whom."),
        ("mediation", "损害赔偿调解记录", "The record of mediation."),
        ("void", "认定书作废通知", "That a finding is void."),
    ]),
    list!("RecordDocumentState", "文书状态", OURS, [
        ("current", "现行", "Counts now."),
        ("issued", "签名前", "As it was issued, before anybody signed."),
        ("replaced", "已被替代", "A later one took its place."),
        ("void", "已作废", "Taken back."),
    ]),
    list!("ExportKind", "导出内容", OURS, [
        ("settlements", "理算记录", "Settlement records."),
        ("payment_orders", "付款单", "Payment orders."),
        ("assessments", "定损单", "Assessments."),
    ]),
    list!("ExportFormat", "导出格式", OURS, [
        ("csv", "CSV", "Comma-separated, UTF-8 with a byte order mark."),
        ("xlsx", "XLSX", "Office Open XML."),
    ]),
    list!("ExportState", "导出状态", OURS, [
        ("queued", "排队中", "Waits for its turn."),
        ("running", "生成中", "Is being written."),
        ("done", "已完成", "Can be fetched until it expires."),
        ("failed", "失败", "Could not be written; ask again."),
    ]),
    list!("WhoseOrders", "付款单范围", OURS, [
        ("own", "本公司", "Your own orders."),
        ("others", "其他公司", "Other insurers' orders in accidents with a policy of yours."),
    ]),
    list!("Part", "清算表", OURS, [
        ("summary", "汇总", "One row per pair of insurers."),
        ("detail", "明细", "One row per claim."),
    ]),
];
