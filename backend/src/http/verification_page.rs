//! The public verification page, written by the server without script, for any phone.

use super::openapi::escape;
use crate::app::judge_file::{Compared, Judged};
use crate::app::verify::{Verified, VerifiedSignature, VerifiedSigning, VerifiedState};

const FORM: &str = "<form method=\"post\" enctype=\"multipart/form-data\"><label>PDF 文件（不超过 5 MB）\
     <input type=\"file\" name=\"document\" accept=\"application/pdf\" required></label>\
     <button type=\"submit\">核对</button></form>";

/// Before anything is asked: a file to be judged.
pub fn empty() -> String {
    frame(&format!(
        "<h1>道路交通事故认定书核验</h1><section><h2>核对手中的文件</h2>\
         <p>选择您收到的 PDF，查看它是否有效、由谁签署、之后有没有改动。文件只用于核对，不会保存。</p>{FORM}</section>\
         <p class=\"soft\">也可以扫描认定书上的二维码。</p>"
    ))
}

/// Neither number nor code says which was wrong.
pub fn not_found() -> String {
    frame(
        "<h1>没有查到这份认定书</h1><p>请检查编号和校验码，或重新扫描认定书上的二维码。\
         仍查不到时，请联系出具认定书的公安机关交通管理部门。</p>",
    )
}

/// A file that is no page of ours.
pub fn unknown(judged: &Judged) -> String {
    frame(&format!(
        "<h1>道路交通事故认定书核验</h1><section><p class=\"bad\" role=\"alert\">\
         <strong>这个文件不是本系统登记的文件，可能被改动过，或者不是由本系统出具。</strong></p></section>{}\
         <section><h2>核对另一个文件</h2>{FORM}</section>",
        report(judged)
    ))
}

/// What is told about a finding, and about the file that was compared with it.
pub fn told(verified: &Verified, judged: Option<&Judged>) -> String {
    let (class, state) = match verified.state {
        VerifiedState::Issued => ("good", "有效"),
        VerifiedState::UnderReview => ("good", "有效，复核中"),
        VerifiedState::Void => ("bad", "已撤销（作废）"),
    };
    let mut rows = row("编号", &verified.number);
    rows.push_str(&row("出具单位", &verified.unit));
    rows.push_str(&row("出具时间", &verified.issued_at.china_text()));
    if let Some(at) = verified.voided_at {
        rows.push_str(&row("作废时间", &at.china_text()));
    }
    for party in &verified.parties {
        let plate = party
            .plate
            .as_deref()
            .map(|plate| format!("，{plate}"))
            .unwrap_or_default();
        rows.push_str(&row(
            &format!("当事人{}", party.label),
            &format!("{}{plate}", party.name),
        ));
    }
    if let Some(seal) = &verified.seal {
        rows.push_str(&row("电子签章", &seal.subject));
    }
    for signature in &verified.signatures {
        rows.push_str(&row(
            &format!("当事人{}签名", signature.label),
            &signed(signature),
        ));
    }
    frame(&format!(
        "<h1>道路交通事故认定书核验</h1><p class=\"state {class}\" role=\"status\">{state}</p><dl>{rows}\
         <dt>文件摘要（SHA-256）</dt><dd><code>{}</code></dd></dl>{}\
         <section><h2>核对手中的文件</h2><p>选择您收到的 PDF，核对它是否与登记的一致。文件只用于核对，不会保存。</p>\
         {FORM}</section><p class=\"soft\">姓名和号牌已作遮盖。本页仅用于核验真伪。\
         用自己的软件核对签名时，请信任<a href=\"/pki/ca.pem\">签名根证书</a>。</p>",
        verified.sha256,
        judged.map(outcome).unwrap_or_default(),
    ))
}

fn signed(signature: &VerifiedSignature) -> String {
    let at = signature.at.map(|at| at.china_text()).unwrap_or_default();
    let revoked = signature
        .revoked_at
        .map(|at| format!("，已于{}撤销，不再有效", at.china_text()))
        .unwrap_or_default();
    let what = match signature.state {
        VerifiedSigning::Pending => "尚未签名".to_owned(),
        VerifiedSigning::Signed => format!("{}于{at}签名", signature.name),
        VerifiedSigning::Refused => format!("{}拒绝，民警于{at}注明", signature.name),
    };
    format!("{what}{revoked}")
}

fn outcome(judged: &Judged) -> String {
    let (class, text) = match judged.compared {
        Compared::Same => ("good", "一致：这就是登记的文件。"),
        Compared::Earlier => ("good", "一致：这是同一份认定书较早的版本（签名或调解完成之前）。"),
        Compared::Other => ("bad", "不一致：这个文件不是登记的文件，可能被改动过。"),
    };
    format!(
        "<section><p class=\"{class}\" role=\"alert\"><strong>{text}</strong></p>\
         <p class=\"soft\">您的文件：<code>{}</code></p></section>{}",
        judged.sha256,
        report(judged)
    )
}

/// What the file's own bytes say.
fn report(judged: &Judged) -> String {
    let lines = judged.report.lines();
    let items: String = lines
        .iter()
        .map(|line| format!("<li>{}</li>", escape(line)))
        .collect();
    format!("<section><h2>文件自身的签名</h2><ul>{items}</ul></section>")
}

fn frame(body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>事故认定书核验</title>\
         <link rel=\"stylesheet\" href=\"/v/style.css\"></head><body><main>{body}</main></body></html>\n"
    )
}

fn row(term: &str, value: &str) -> String {
    format!("<dt>{}</dt><dd>{}</dd>", escape(term), escape(value))
}
