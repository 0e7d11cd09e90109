//! HTML put together piece by piece; whatever came from people is escaped on the way in.

use std::fmt::Write as _;

#[derive(Default)]
pub struct Html(pub String);

impl Html {
    /// Our own markup, never anybody's text.
    pub fn raw(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    pub fn text(&mut self, text: &str) {
        self.0.push_str(&escaped(text));
    }

    pub fn element(&mut self, tag: &str, text: &str) {
        let _ = write!(self.0, "<{tag}>{}</{tag}>", escaped(text));
    }

    /// `path` is a plain name within the archive.
    pub fn link(&mut self, path: &str, text: &str) {
        let _ = write!(self.0, "<a href=\"{}\">{}</a>", escaped(path), escaped(text));
    }

    pub fn cell(&mut self, text: &str) {
        self.element("td", text);
    }

    pub fn row(&mut self, cells: &[&str]) {
        self.raw("<tr>");
        for cell in cells {
            self.cell(if cell.is_empty() { "—" } else { cell });
        }
        self.raw("</tr>");
    }

    pub fn begin_table(&mut self, heads: &[&str]) {
        self.raw("<div class=\"wide\" tabindex=\"0\"><table><thead><tr>");
        for head in heads {
            let _ = write!(self.0, "<th scope=\"col\">{}</th>", escaped(head));
        }
        self.raw("</tr></thead><tbody>");
    }

    pub fn end_table(&mut self) {
        self.raw("</tbody></table></div>");
    }
}

/// Fit for text and for attributes in double quotes.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() && c != '\n' => {}
            c => out.push(c),
        }
    }
    out
}

/// 3.4 MB, for people.
pub fn size(bytes: u64) -> String {
    let unit = |size: u64, name: &str| format!("{}.{} {name}", bytes / size, bytes % size * 10 / size);
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => unit(1_000, "kB"),
        1_000_000..1_000_000_000 => unit(1_000_000, "MB"),
        _ => unit(1_000_000_000, "GB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_never_becomes_markup() {
        assert_eq!(escaped("<b a=\"1\">&\u{0}中"), "&lt;b a=&quot;1&quot;&gt;&amp;中");
    }

    #[test]
    fn sizes_read_like_sizes() {
        assert_eq!(
            [size(999), size(1_500), size(5_000_000_000)],
            ["999 B", "1.5 kB", "5.0 GB"]
        );
    }
}
