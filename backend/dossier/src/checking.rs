//! The chapter of the page that says how to check everything with tools that are not ours.

use crate::case::Case;
use crate::html::{Html, escaped};
use crate::manifest::{FACTS, File, MANIFEST, SIGNATURE, SUMS};

/// The trust anchor within the evidence file.
pub const ANCHOR: &str = "certificates/ca.pem";

pub fn chapter(html: &mut Html, case: &Case, files: &[File]) {
    html.element(
        "p",
        "核对不需要本系统，也不需要联网。以下命令在卷宗解压后的文件夹中执行；第四步可一次完成全部核对。",
    );
    html.element("h3", "一、文件有没有被改动");
    html.raw("<pre>");
    html.text(&format!(
        "sha256sum -c {SUMS}\n（Windows：certutil -hashfile 文件名 SHA256，再与 {SUMS} 中的值比较）"
    ));
    html.raw("</pre>");
    html.element("h3", "二、清单是不是出具单位签的");
    html.raw("<pre>");
    html.text(&format!(
        "openssl cms -verify -binary -inform DER -purpose any -in {SIGNATURE} -content {MANIFEST} -CAfile {ANCHOR} -out /dev/null"
    ));
    html.raw("</pre><p>");
    html.text("卷宗自带的根证书只能说明前后一致。它是不是出具单位的，请将它的指纹与单位公布的指纹比较：");
    html.raw("</p><pre>");
    html.text(&format!(
        "openssl x509 -in {ANCHOR} -noout -subject -fingerprint -sha256"
    ));
    html.raw("</pre>");
    if let Some(anchor) = files.iter().find(|file| file.path == ANCHOR) {
        html.raw("<p>本卷宗中该文件的 SHA-256：<span class=\"digest\">");
        html.text(anchor.sha256.as_str());
        html.raw("</span></p>");
    }
    html.element("h3", "三、办理经过有没有被改动");
    html.raw("<p>");
    html.text(&format!(
        "{FACTS} 每行是一项事实。每项的摘要是以下内容用换行连接后的 SHA-256：前一项的摘要（第一项为 64 个 0）、案件编号、序号、种类、时间、行为人、内容。改动、删除或插入任何一项，其后的摘要都对不上。"
    ));
    html.raw("</p><pre>");
    html.raw(&escaped(&script(case)));
    html.raw("</pre>");
    html.element("h3", "四、一次核对全部");
    html.raw("<p>");
    html.text("本系统的开源程序可离线核对整个压缩包，包括每份文书上的电子签名：");
    html.raw("</p><pre>");
    html.text("kuaichu audit verify 卷宗.zip --ca 单位公布的根证书.pem");
    html.raw("</pre>");
}

/// A dozen lines that anybody can read and run.
fn script(case: &Case) -> String {
    format!(
        "python3 - <<'END'\n\
         import hashlib, json\n\
         before = \"0\" * 64\n\
         for line in open(\"{FACTS}\", encoding=\"utf-8\"):\n    \
             f = json.loads(line)\n    \
             text = \"\\n\".join([before, \"{}\", str(f[\"seq\"]), f[\"kind\"], f[\"at\"], f[\"by\"], f[\"body\"]])\n    \
             before = hashlib.sha256(text.encode()).hexdigest()\n    \
             assert before == f[\"digest\"], f[\"seq\"]\n\
         print(\"OK\", before)\n\
         END",
        case.accident.id
    )
}
