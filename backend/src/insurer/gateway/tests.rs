//! The example file on a record as an insurer sees it, and files that are wrong.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::answer::Verdict;
use super::*;

const EXAMPLE: &str = include_str!("../../../../docs/gateways/example.toml");

fn key() -> rcgen::KeyPair {
    rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap()
}

fn read(text: &str, key: &str) -> Result<Gateway, BadData> {
    config::read("example.toml", text, &|_| Ok(key.to_owned()))
}

fn told() -> Map<String, Value> {
    let told = json!({
        "event": { "type": "settlement.created" },
        "settlement": {
            "finding_number": "3306812026110001", "occurred_at": "2026-11-23T16:30:00.000000Z", "place": "学院路",
            "losses_fen": 250_005, "settled_at": "2026-11-23T17:00:00.000000Z", "document": { "sha256": "ab" },
            "parties": [
                { "label": "甲", "own_insured": false, "plate": null, "policy": null, "liability": "full" },
                { "label": "乙", "own_insured": true, "plate": "浙D12345", "policy": "P1", "liability": "none" },
            ],
        },
    });
    told.as_object().unwrap().clone()
}

fn at() -> Instant {
    "2026-11-24T01:02:03.5Z".parse().unwrap()
}

fn written(gateway: &Gateway) -> (BTreeMap<String, String>, String) {
    let written = gateway
        .write("settlement.created", told(), ("msg_1", at()))
        .unwrap();
    (
        written.headers.into_iter().collect(),
        String::from_utf8(written.body).unwrap(),
    )
}

#[test]
fn the_example_writes_names_times_amounts_and_codes_as_that_gateway_has_them() {
    let gateway = read(EXAMPLE, &key().serialize_pem()).unwrap();
    let (_, body) = written(&gateway);
    let body: Value = serde_json::from_str(&body).unwrap();
    let head = json!({ "version": "1.0", "service": "ACCIDENT_NOTIFY", "requestTime": "20261124090203", "serialNo": "KCmsg_1" });
    assert_eq!(body["head"], head);
    let expected = json!({
        "caseNo": "3306812026110001", "accidentTime": "20261124003000", "accidentPlace": "学院路", "policyNo": "P1",
        "carNo": "浙D12345", "lossAmount": "2500.05", "settleTime": "2026-11-24 01:00:00", "documentSha256": "ab",
        "parties": [
            { "label": "甲", "carNo": "", "duty": "1", "insured": "false" },
            { "label": "乙", "carNo": "浙D12345", "duty": "5", "insured": "true" },
        ],
    });
    assert_eq!(body["body"], expected);
}

#[test]
fn the_rsa_signature_covers_the_time_and_the_very_bytes() {
    let key = key();
    let gateway = read(EXAMPLE, &key.serialize_pem()).unwrap();
    let (headers, body) = written(&gateway);
    assert_eq!(headers["X-Timestamp"], "20261124090203");
    let signature = STANDARD.decode(&headers["X-Signature"]).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key_raw());
    let signed = format!("KUAICHU01\n20261124090203\n{body}");
    public.verify(signed.as_bytes(), &signature).unwrap();
    let other = signed.replace("2500.05", "2500.06");
    assert!(public.verify(other.as_bytes(), &signature).is_err());
}

const FORM: &str = r#"
name = "form"
body = "form"
[signature]
algorithm = "hmac-sha256"
key = "form.key"
over = "{sorted}"
encoding = "hex_upper"
field = "sign"
[answer]
[[message]]
events = ["settlement.created"]
[message.fields]
"timestamp" = { from = "sent.at", time = "unix_ms" }
"biz.caseNo" = { from = "settlement.finding_number" }
"empty" = { constant = "" }
"#;

#[test]
fn a_form_signs_its_sorted_fields_and_carries_the_signature_among_them() {
    let gateway = read(FORM, "0123456789abcdef\n").unwrap();
    let (_, body) = written(&gateway);
    let fields: BTreeMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let biz = r#"{"caseNo":"3306812026110001"}"#;
    assert_eq!(
        (fields["biz"].as_str(), fields["timestamp"].as_str()),
        (biz, "1795482123500")
    );
    let over = format!("biz={biz}&timestamp=1795482123500");
    // RFC 2104, by another implementation than the one that signed.
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"0123456789abcdef");
    let expected = aws_lc_rs::hmac::sign(&key, over.as_bytes());
    let hex: String = expected
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    assert_eq!(fields["sign"], hex);
}

#[test]
fn an_answer_is_judged_by_its_code_and_not_by_its_status_alone() {
    let rule = read(EXAMPLE, &key().serialize_pem()).unwrap().answer;
    for (status, body, verdict) in [
        (200, r#"{"head":{"code":"0000"}}"#, Verdict::Arrived),
        (200, r#"{"head":{"code":"1001"}}"#, Verdict::Arrived),
        (
            200,
            r#"{"head":{"code":"2001"}}"#,
            Verdict::Refused("2001".to_owned()),
        ),
        (200, r#"{"head":{"code":"9999"}}"#, Verdict::Again),
        (200, "<html>busy</html>", Verdict::Again),
        (502, r#"{"head":{"code":"0000"}}"#, Verdict::Again),
    ] {
        assert_eq!(rule.judge(status, body.as_bytes()), verdict, "{status} {body}");
    }
}

#[test]
fn what_is_missing_is_an_error_where_it_is_required_and_left_out_elsewhere() {
    let gateway = read(EXAMPLE, &key().serialize_pem()).unwrap();
    let mut lacking = told();
    lacking["settlement"]["finding_number"] = Value::Null;
    let error = gateway
        .write("settlement.created", lacking, ("msg_1", at()))
        .unwrap_err();
    assert_eq!(error.to_string(), "body.caseNo: there is nothing to put here");
    let mut without = told();
    without["settlement"]["occurred_at"] = Value::Null;
    let written = gateway
        .write("settlement.created", without, ("msg_1", at()))
        .unwrap();
    let body: Value = serde_json::from_slice(&written.body).unwrap();
    assert_eq!(body["body"].get("accidentTime"), None);
    let mut odd = told();
    odd["settlement"]["parties"][0]["liability"] = json!("new");
    let error = gateway
        .write("settlement.created", odd, ("msg_1", at()))
        .unwrap_err();
    assert_eq!(error.to_string(), "duty: the table has nothing for new");
    let error = gateway
        .write("finding.voided", told(), ("msg_1", at()))
        .unwrap_err();
    assert_eq!(error, Unwritten::NoMessage("finding.voided".to_owned()));
}

/// What stands there, what is written instead, the line that is named, and why.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    (
        "item.liability",
        "item.liabilty",
        "\"duty\" =",
        "duty: item.liabilty: item has no liabilty; it has id_number, insurer, kind, label, liability,",
    ),
    (
        "settlement.place",
        "settlement.palce",
        "body.accidentPlace",
        "body.accidentPlace: settlement.palce: settlement has no palce; it has",
    ),
    (
        "order.payee_name",
        "assessment.id",
        "body.payeeName",
        "body.payeeName: assessment.id: these events tell of",
    ),
    (
        "\"payment_order.due\"",
        "\"payment_order.deu\"",
        "payment_order.due",
        "",
    ),
    (
        "\"settlement.changed\"",
        "\"settled\"",
        "settlement.changed",
        "there is no event settled",
    ),
    (
        "table = \"liability\"",
        "table = \"duty\"",
        "\"duty\" =",
        "duty: there is no table duty",
    ),
    (
        "\"yyyy-MM-dd HH:mm:ss\"",
        "\"YYYY\"",
        "body.settleTime",
        "body.settleTime: \"YYYY\" is no pattern",
    ),
    (
        "{timestamp}\\n{body}",
        "{time}",
        "over =",
        "there is no {time} here",
    ),
    (
        "header = \"X-Signature\"",
        "#",
        "[signature]",
        "a signature goes into a header or into a field",
    ),
    (
        "code = \"head.code\"",
        "#",
        "[answer]",
        "code says where the answer's code lies",
    ),
    (
        "\"body.carNo\"",
        "\"body.caseNo.inner\"",
        "body.carNo",
        "\"body.caseNo.inner\" cannot go there",
    ),
    ("encoding = ", "encodign = ", "encoding =", "unknown field"),
];

#[test]
fn a_mistake_in_a_file_is_told_with_its_line() {
    let pem = key().serialize_pem();
    let line = |part: &str| EXAMPLE.lines().position(|line| line.contains(part)).unwrap() + 1;
    for (right, wrong, at, reason) in MISTAKES {
        assert!(EXAMPLE.contains(right), "{right}");
        let found = read(&EXAMPLE.replacen(right, wrong, 1), &pem);
        let error = found.expect_err(wrong);
        assert!(error.reason.starts_with(reason), "{wrong}: {error}");
        assert_eq!(error.line, line(at), "{wrong}: {error}");
    }
    let error = read(EXAMPLE, "no key").unwrap_err();
    assert_eq!(
        (error.line, error.reason.as_str()),
        (line("key ="), "the key is no PKCS#8 PEM (BEGIN PRIVATE KEY)")
    );
}
