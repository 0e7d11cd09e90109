//! `index.html`: the case for a person with a browser, without the product and without script.
//!
//! It shows and links; it proves nothing. What proves is the manifest, and the last chapter says how to check it.

use std::fmt::Write as _;

use domain::fact::Fact;
use domain::party::Party;
use domain::time::{CHINA, Instant};
use time::format_description::StaticFormatDescription;
use time::macros::format_description;

use crate::case::Case;
use crate::html::{Html, escaped, size};
use crate::manifest::{Absent, CERTIFICATES, FACTS, File, MANIFEST, SIGNATURE, SUMS};
use crate::story::told;

const STYLE: &str = include_str!("index.css");
const CLOCK: StaticFormatDescription = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
const CHAPTERS: [(&str, &str); 9] = [
    ("case", "案件"),
    ("parties", "当事人"),
    ("decision", "事实与责任"),
    ("documents", "文书"),
    ("photos", "照片"),
    ("recordings", "录音录像"),
    ("facts", "办理经过"),
    ("files", "文件清单"),
    ("check", "如何核对"),
];

/// The page, with what was found when the files were read.
pub fn page(case: &Case, files: &[File], absent: &[Absent]) -> String {
    let mut html = Html::default();
    head(&mut html, case, files, absent);
    html.raw("<main>");
    chapter(&mut html, 0);
    about(&mut html, case);
    chapter(&mut html, 1);
    parties(&mut html, case);
    chapter(&mut html, 2);
    decision(&mut html, case);
    chapter(&mut html, 3);
    documents(&mut html, case, files);
    chapter(&mut html, 4);
    photos(&mut html, case, files);
    chapter(&mut html, 5);
    recordings(&mut html, case, files);
    chapter(&mut html, 6);
    facts(&mut html, case, files);
    chapter(&mut html, 7);
    list(&mut html, files, absent);
    chapter(&mut html, 8);
    crate::checking::chapter(&mut html, case, files);
    html.raw("</main></body></html>\n");
    html.0
}

fn chapter(html: &mut Html, index: usize) {
    if let Some((id, title)) = CHAPTERS.get(index) {
        let _ = write!(html.0, "<h2 id=\"{id}\">{title}</h2>");
    }
}

fn head(html: &mut Html, case: &Case, files: &[File], absent: &[Absent]) {
    let number = case.number().unwrap_or("尚未出具认定书");
    html.raw("<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'\">");
    html.element("title", &format!("道路交通事故电子卷宗 {number}"));
    let _ = write!(html.0, "<style>{STYLE}</style></head><body><header>");
    html.raw("<h1>道路交通事故电子卷宗</h1>");
    html.raw("<p class=\"soft\">");
    html.text(&format!("{} · {number}", case.made.unit));
    html.raw("</p>");
    let altered = files.iter().filter(|file| file.is_altered()).count();
    if altered + absent.len() > 0 {
        html.raw("<p class=\"notice\">");
        html.text(&format!(
            "请注意：{altered} 个文件的内容与办案时记载的摘要不符，{} 个文件已不在库中。详见文件清单。",
            absent.len()
        ));
        html.raw("</p>");
    }
    html.raw("<nav aria-label=\"目录\"><ul>");
    for (id, title) in CHAPTERS {
        let _ = write!(html.0, "<li><a href=\"#{id}\">{title}</a></li>");
    }
    html.raw("</ul></nav></header>");
}

fn clock(at: Instant) -> String {
    let at = at.into_inner().to_offset(CHINA);
    at.format(CLOCK).unwrap_or_default()
}

fn about(html: &mut Html, case: &Case) {
    let accident = &case.accident;
    let scene = accident.scene.clone().unwrap_or_default();
    let made = format!("{}，由{}", clock(case.made.at), case.made.by);
    let rows = [
        ("文书编号", case.number().unwrap_or("尚未出具").to_owned()),
        ("案件编号", accident.id.to_string()),
        ("承办单位", case.made.unit.clone()),
        (
            "事故时间",
            scene.occurred_at.map(Instant::china_text).unwrap_or_default(),
        ),
        (
            "事故地点",
            scene.place.map(|place| place.text).unwrap_or_default(),
        ),
        (
            "天气",
            scene
                .weather
                .map(|weather| weather.label().to_owned())
                .unwrap_or_default(),
        ),
        ("报案时间", clock(accident.reported_at)),
        ("案件状态", accident.stage_name().label().to_owned()),
        ("卷宗生成", made),
        ("生成事由", case.made.reason.clone()),
    ];
    html.raw("<table class=\"head\"><tbody>");
    for (name, value) in rows {
        html.raw("<tr><th scope=\"row\">");
        html.text(name);
        html.raw("</th><td>");
        html.text(if value.is_empty() { "未记载" } else { &value });
        html.raw("</td></tr>");
    }
    html.raw("</tbody></table><p class=\"soft\">本页所有时间均为北京时间。</p>");
}

fn parties(html: &mut Html, case: &Case) {
    html.begin_table(&["当事人", "姓名", "证件号码", "手机", "交通方式与号牌", "责任"]);
    for party in &case.accident.parties {
        let details = party.details.as_ref();
        let decided = case
            .accident
            .decision()
            .and_then(|decision| decision.of(party.id));
        html.row(&[
            &format!("{}方", party.label),
            details.map_or("", |details| &details.name),
            details.map_or("", |details| &details.id_number),
            party.phone.as_deref().unwrap_or_default(),
            &vehicle(party),
            decided.map_or("", |decided| decided.liability.label()),
        ]);
    }
    html.end_table();
}

fn vehicle(party: &Party) -> String {
    let Some(vehicle) = party.vehicle() else {
        return String::new();
    };
    let model = vehicle.model.as_deref().unwrap_or_default();
    let parts = [vehicle.traffic_mode.label(), &vehicle.plate, model];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

fn decision(html: &mut Html, case: &Case) {
    let Some(decision) = case.accident.decision() else {
        html.element("p", "尚未认定责任。");
        return;
    };
    html.raw("<p class=\"text\">");
    html.text(&decision.facts_text);
    html.raw("</p><p class=\"text\">");
    html.text(&decision.liability_text);
    html.raw("</p>");
    for void in &case.accident.voided {
        let number = &void.finding.number;
        let at = clock(void.voided_at);
        html.element("p", &format!("认定书 {number} 已于 {at} 作废：{}", void.reason));
    }
}

/// Files below this folder, in the order of the facts.
fn within<'a>(files: &'a [File], folder: &'a str) -> impl Iterator<Item = &'a File> {
    files.iter().filter(move |file| {
        let rest = file.path.strip_prefix(folder);
        rest.is_some_and(|rest| rest.starts_with('/'))
    })
}

/// When and by whom the fact happened that a file belongs to.
fn taken(case: &Case, file: &File) -> String {
    let seq = file.fact.and_then(|seq| usize::try_from(seq).ok());
    let recorded = seq.and_then(|seq| case.facts.get(seq.checked_sub(1)?));
    recorded.map_or_else(String::new, |recorded| {
        format!("{}，{}", clock(recorded.at), case.actor(recorded.by))
    })
}

fn documents(html: &mut Html, case: &Case, files: &[File]) {
    if within(files, "documents").next().is_none() {
        html.element("p", "没有文书。");
        return;
    }
    html.begin_table(&["文书", "形成", "大小"]);
    for file in within(files, "documents") {
        html.raw("<tr><td>");
        html.link(&file.path, &file.what);
        html.raw("</td>");
        html.cell(&taken(case, file));
        html.cell(&size(file.bytes));
        html.raw("</tr>");
    }
    html.end_table();
    html.raw("<p class=\"soft\">每次签名形成新的一版；之前各版原样保存在本卷宗中。签名可用任何支持 PAdES 的阅读器查看。</p>");
}

fn photos(html: &mut Html, case: &Case, files: &[File]) {
    if within(files, "photos").next().is_none() {
        html.element("p", "没有照片。");
        return;
    }
    html.raw("<div class=\"photos\">");
    for file in within(files, "photos") {
        let (path, what) = (escaped(&file.path), escaped(&file.what));
        let _ = write!(
            html.0,
            "<figure><a href=\"{path}\"><img src=\"{path}\" alt=\"{what}\" loading=\"lazy\"></a><figcaption>{what}<br>"
        );
        html.raw("<span class=\"soft\">");
        html.text(&taken(case, file));
        html.raw("</span></figcaption></figure>");
    }
    html.raw("</div>");
}

fn recordings(html: &mut Html, case: &Case, files: &[File]) {
    if within(files, "recordings").next().is_none() {
        html.element("p", "没有录音录像。");
        return;
    }
    for file in within(files, "recordings") {
        let (path, what) = (escaped(&file.path), escaped(&file.what));
        let _ = write!(
            html.0,
            "<h3><a href=\"{path}\">{what}</a></h3><p class=\"soft\">{}，{}</p><video controls preload=\"none\" src=\"{path}\" aria-label=\"{what}\"></video>",
            escaped(&taken(case, file)),
            size(file.bytes)
        );
    }
}

fn facts(html: &mut Html, case: &Case, files: &[File]) {
    html.raw("<ol class=\"facts\">");
    for (recorded, link) in case.facts.iter().zip(&case.links) {
        html.raw("<li><time>");
        html.text(&clock(recorded.at));
        html.raw("</time><div><p><strong>");
        html.text(Fact::title(&link.kind));
        html.raw("</strong> <span class=\"soft\">");
        html.text(&case.actor(recorded.by));
        html.raw("</span></p>");
        let told = told(case, recorded);
        if !told.is_empty() {
            html.element("p", &told);
        }
        for file in files.iter().filter(|file| file.fact == Some(recorded.seq)) {
            html.raw("<p>");
            html.link(&file.path, &file.what);
            html.raw("</p>");
        }
        html.raw("</div></li>");
    }
    html.raw("</ol>");
}

fn list(html: &mut Html, files: &[File], absent: &[Absent]) {
    html.begin_table(&["文件", "内容", "字节", "SHA-256", "与记载"]);
    for file in files {
        html.raw("<tr><td>");
        html.link(&file.path, &file.path);
        html.raw("</td>");
        html.cell(&file.what);
        html.cell(&file.bytes.to_string());
        let _ = write!(html.0, "<td class=\"digest\">{}</td>", file.sha256);
        html.raw(match (file.is_altered(), &file.recorded_sha256) {
            (true, _) => "<td class=\"bad\">不符</td></tr>",
            (false, Some(_)) => "<td>相符</td></tr>",
            (false, None) => "<td>—</td></tr>",
        });
    }
    html.end_table();
    for gone in absent {
        html.raw("<p class=\"bad\">");
        html.text(&format!(
            "缺失：{}（第 {} 项事实），记载的 SHA-256 为 {}",
            gone.what, gone.fact, gone.recorded_sha256
        ));
        html.raw("</p>");
    }
    let _ = write!(
        html.0,
        "<p class=\"soft\">“与记载”一栏：文件内容是否与办案当时写入事实链的摘要一致。本页、<code>{MANIFEST}</code>、\
         <code>{SIGNATURE}</code> 和 <code>{SUMS}</code> 不在上表中；证书在 <code>{CERTIFICATES}</code>，事实链在 <code>{FACTS}</code>。</p>"
    );
}
