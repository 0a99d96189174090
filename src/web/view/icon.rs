//! The line icons, drawn on a grid of 20. No emblem among them: the red cross is protected by law.

use std::fmt;

use askama::filters::HtmlSafe;

/// An icon by name, printed as inline SVG. It is decoration: the word beside it carries the meaning.
#[derive(Debug, Clone, Copy)]
pub struct Icon(&'static str);

impl HtmlSafe for Icon {}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r#"<svg class="i" viewBox="0 0 20 20" aria-hidden="true">{}</svg>"#, self.0)
    }
}

/// The icon of a name; an unknown name draws nothing.
pub fn icon(name: &str) -> Icon {
    Icon(match name {
        "warn" => r#"<path d="M10 3.2l7.6 13.3H2.4z"/><path d="M10 8.2v4M10 14.4v.1"/>"#,
        "info" => r#"<circle cx="10" cy="10" r="7.5"/><path d="M10 9v5M10 6.2v.1"/>"#,
        "ok" => r#"<path d="M4 10.5l4 4 8-9"/>"#,
        "say" => r#"<path d="M3 4.5h14v9.5H9.5L6 17v-3H3z"/><path d="M6.5 8h7M6.5 10.7h4.5"/>"#,
        "undo" => r#"<path d="M7.5 4L4 7.5 7.5 11"/><path d="M4 7.5h7.5a4.5 4.5 0 0 1 0 9H8"/>"#,
        "menu" => r#"<path d="M3 6h14M3 10h14M3 14h14"/>"#,
        "file" => r#"<path d="M5 2.5h6.5L15.5 6.5v11H5z"/><path d="M11.3 2.7v4h4M7.5 10.5h5.5M7.5 13.5h5.5"/>"#,
        "down" => r#"<path d="M10 3v10M5.8 9L10 13.2 14.2 9M3.5 17h13"/>"#,
        "print" => r#"<path d="M6 7.5V3h8v4.5M6 14H3V7.5h14V14h-3M6 12h8v5H6z"/>"#,
        "search" => r#"<circle cx="9" cy="9" r="5.5"/><path d="M13.2 13.2L17 17"/>"#,
        "close" => r#"<path d="M5 5l10 10M15 5L5 15"/>"#,
        "next" => r#"<path d="M7.5 4.5L13 10l-5.5 5.5"/>"#,
        "clock" => r#"<circle cx="10" cy="10" r="7.5"/><path d="M10 5.8V10l2.8 1.8"/>"#,
        "phone" => {
            r#"<path d="M5.2 3h2.6l1.3 3.4-1.7 1.3a9.5 9.5 0 0 0 4.9 4.9l1.3-1.7L17 12.2v2.6c0 1.2-1 2.2-2.2 2.2A11.8 11.8 0 0 1 3 5.2C3 4 4 3 5.2 3z"/>"#
        }
        "mail" => r#"<path d="M2.5 4.5h15v11h-15z"/><path d="M3 5l7 6 7-6"/>"#,
        "eye" => {
            r#"<path d="M1.8 10S4.8 4.5 10 4.5 18.2 10 18.2 10 15.2 15.500 10 15.500 1.800 10 1.800 10z"/><circle cx="10" cy="10" r="2.4"/>"#
        }
        "card" => {
            r#"<rect x="2.5" y="4.5" width="15" height="11" rx="1.5"/><circle cx="7" cy="9" r="1.7"/><path d="M4.700 13c.3-1.300 1.200-2 2.300-2s2 .7 2.300 2M12 8.500h3.500M12 11.500h3.500"/>"#
        }
        "plus" => r#"<path d="M10 4v12M4 10h12"/>"#,
        "key" => r#"<circle cx="6.500" cy="13.500" r="3.200"/><path d="M8.800 11.200L16.500 3.500M13.500 6.500l2.500 2.500"/>"#,
        "people" => {
            r#"<circle cx="7.500" cy="7" r="3"/><path d="M2 16.500c.5-3 2.700-4.800 5.500-4.800s5 1.800 5.500 4.800M13 4.300a3 3 0 0 1 0 5.400M15 12.200c1.700.7 2.700 2.200 3 4.300"/>"#
        }
        _ => "",
    })
}
