//! HTML of a report.

use super::{Report, Section};
use crate::reports::chart::STYLE;
use crate::reports::export::escape;

pub(super) fn fragment(report: &Report) -> String {
    let mut out: String = report.sections.iter().map(section).collect();
    if !report.definitions.is_empty() {
        out.push_str(&format!("<section class=\"sec\"><h2>{}</h2><dl class=\"defs\">", report.lang.pick("定义", "Definitions")));
        for d in &report.definitions {
            out.push_str(&format!("<div><dt>{}</dt><dd>{}</dd></div>", escape(d.name(report.lang)), escape(d.text(report.lang))));
        }
        out.push_str("</dl></section>");
    }
    out
}

fn section(section: &Section) -> String {
    let mut out = format!("<section class=\"sec\"><h2>{}</h2>", escape(&section.heading));
    if let Some(lead) = &section.lead {
        out.push_str(&format!("<p class=\"lead\">{}</p>", escape(lead)));
    }
    if let Some(chart) = &section.chart {
        out.push_str(&chart.html());
    }
    if let Some(table) = &section.table {
        out.push_str(&format!("<div class=\"scroll field\">{}</div>", table.to_html()));
    }
    if let Some((good, text)) = &section.note {
        let class = if *good { "note note--ok field" } else { "note note--warn field" };
        out.push_str(&format!("<p class=\"{class}\"><span>{}</span></p>", escape(text)));
    }
    out.push_str("</section>");
    out
}

pub(super) fn page(report: &Report) -> String {
    let lang = report.lang.pick("zh-CN", "en");
    let title = escape(&report.title);
    let about: Vec<String> = report.about.iter().map(|(k, v)| format!("<span class=\"nw\">{} {}</span>", escape(k), escape(v))).collect();
    format!(
        "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>{PAGE}{STYLE}</style></head><body><main><h1>{title}</h1><p class=\"lead\">{}</p>{}</main></body></html>\n",
        about.join(" · "),
        fragment(report)
    )
}

/// The stylesheet of a page that stands alone: the product's, cut to what a report uses.
const PAGE: &str = "\
*{box-sizing:border-box}body{margin:0;color:#272120;background:#fff;line-height:1.65;font-size:16px;font-variant-numeric:tabular-nums;\
font-family:'PingFang SC','Noto Sans SC','Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',system-ui,sans-serif}\
main{max-width:1240px;margin:0 auto;padding:32px 20px}h1{font-size:28px;line-height:1.35;margin:0}h2{font-size:20px;line-height:1.35;margin:0 0 4px}\
.lead{color:#625955;margin:0 0 16px}.nw{white-space:nowrap}.sec{border-top:1px solid #e6e0dc;padding:32px 0}\
svg.chart{display:block;width:100%;height:auto;overflow:visible}.only-s,.only-p{display:none}.field{margin-top:24px}.scroll{overflow-x:auto}\
.tbl{border-collapse:collapse;width:100%}.tbl th,.tbl td{padding:8px 8px;border-bottom:1px solid #e6e0dc;text-align:left;font-weight:400}\
.tbl thead th{font-size:14px;color:#625955;border-bottom:1.5px solid #857b76}.tbl tbody th{font-weight:600}.tbl .num{text-align:right}\
.sr{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}\
.note{padding:12px 16px;border-radius:8px;background:#fdf5e4}.note--ok{background:#eff6f1}\
.defs{display:grid;grid-template-columns:1fr 1fr;gap:16px 48px;margin:0}.defs dt{font-weight:600}.defs dd{color:#625955;margin:2px 0 0}\
@media(max-width:860px){.only-l{display:none}.only-s{display:block}.defs{grid-template-columns:1fr}main{padding:20px 16px}h1{font-size:24px}.tbl{font-size:14px;min-width:560px}}\
@media print{@page{size:A4;margin:14mm}body{font-size:11px}main{padding:0}.sec{padding:12px 0}h1{font-size:20px}h2{font-size:15px}\
.tbl th,.tbl td{padding:3px 4px}.tbl tr,svg{break-inside:avoid}h2{break-after:avoid}.no-print{display:none!important}.only-p{display:block}}";
