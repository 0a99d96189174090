//! HTML.

use super::text::printed;
use super::{Table, Value};

pub(super) fn html(table: &Table) -> String {
    let mut out = format!("<table class=\"tbl cards\"><caption class=\"sr\">{}</caption><thead><tr>", escape(&table.title));
    for column in &table.columns {
        let class = if column.numeric { " class=\"num\"" } else { "" };
        out.push_str(&format!("<th scope=\"col\"{class}>{}</th>", escape(&column.heading)));
    }
    out.push_str("</tr></thead><tbody>");
    for row in &table.rows {
        out.push_str("<tr>");
        for (at, column) in table.columns.iter().enumerate() {
            let text = row.get(at).map_or_else(String::new, |v| escape(&printed(v, true)));
            if at == 0 {
                out.push_str(&format!("<th scope=\"row\">{text}</th>"));
            } else {
                let class = if column.numeric || matches!(row.get(at), Some(Value::Whole(_))) { " class=\"num\"" } else { "" };
                out.push_str(&format!("<td{class} data-l=\"{}\">{text}</td>", escape(&column.heading)));
            }
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
    out
}

/// Text as it may stand in HTML, SVG and their attributes. Control characters that XML forbids are left out.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    #[test]
    fn hostile_text_never_renders_as_markup() {
        let mut table = Table::new("<script>", vec![Column::text("a", "\"x\""), Column::number("n", "人数")]);
        table.rows.push(vec![Value::text("<img src=x onerror=alert(1)>"), Value::Whole(1234)]);
        let html = table.to_html();
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
        assert!(html.contains("<td class=\"num\" data-l=\"人数\">1,234</td>"), "{html}");
        assert!(!html.contains("style="));
    }
}
