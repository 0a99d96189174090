//! The two languages of the pages. Texts stand in `locales/<lang>/*.ftl` (Project Fluent) and are compiled in.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::domain::language::Language;

/// A language staff and registrants may read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// 简体中文
    #[default]
    Chinese,
    /// English
    English,
}

impl Lang {
    /// Both languages, the default first.
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// The BCP 47 tag, as in `<html lang>`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The other language.
    pub const fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }

    /// The language of pages for whoever is written to in a language.
    pub const fn of(language: Language) -> Self {
        match language {
            Language::Zh => Self::Chinese,
            Language::En => Self::English,
        }
    }

    /// The language of a tag such as `zh`, `zh-CN`, `en-GB`.
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag.trim().split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The best language of an `Accept-Language` header (RFC 9110, 12.5.4); weights decide, then the order.
    pub fn of_accept(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for range in header.split(',').take(16) {
            let mut parts = range.split(';');
            let Some(lang) = parts.next().and_then(Self::of_tag) else { continue };
            let weight = parts.find_map(|p| p.trim().strip_prefix("q=")).and_then(|q| q.parse::<f32>().ok()).unwrap_or(1.0);
            if weight > 0.0 && best.is_none_or(|(w, _)| weight > w) {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        match self {
            Self::Chinese => &CHINESE,
            Self::English => &ENGLISH,
        }
    }
}

macro_rules! resources {
    ($lang:literal) => {
        &[
            include_str!(concat!("../../locales/", $lang, "/common.ftl")),
            include_str!(concat!("../../locales/", $lang, "/enter.ftl")),
            include_str!(concat!("../../locales/", $lang, "/drive.ftl")),
            include_str!(concat!("../../locales/", $lang, "/enrol.ftl")),
            include_str!(concat!("../../locales/", $lang, "/import.ftl")),
            include_str!(concat!("../../locales/", $lang, "/problems.ftl")),
            include_str!(concat!("../../locales/", $lang, "/duplicates.ftl")),
            include_str!(concat!("../../locales/", $lang, "/followup.ftl")),
            include_str!(concat!("../../locales/", $lang, "/desk.ftl")),
            include_str!(concat!("../../locales/", $lang, "/report.ftl")),
            include_str!(concat!("../../locales/", $lang, "/people.ftl")),
            include_str!(concat!("../../locales/", $lang, "/donor.ftl")),
            include_str!(concat!("../../locales/", $lang, "/volunteer.ftl")),
            include_str!(concat!("../../locales/", $lang, "/rights.ftl")),
            include_str!(concat!("../../locales/", $lang, "/print.ftl")),
            include_str!(concat!("../../locales/", $lang, "/link.ftl")),
            include_str!(concat!("../../locales/", $lang, "/admin.ftl")),
            include_str!(concat!("../../locales/", $lang, "/urgent.ftl")),
            include_str!(concat!("../../locales/", $lang, "/care.ftl")),
            include_str!(concat!("../../locales/", $lang, "/activity.ftl")),
        ]
    };
}

static CHINESE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| load(Lang::Chinese, resources!("zh-CN")));
static ENGLISH: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| load(Lang::English, resources!("en")));

fn load(lang: Lang, sources: &[&str]) -> FluentBundle<FluentResource> {
    let id = lang.tag().parse().expect("both tags are well-formed");
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // The pages set no direction marks: both languages run left to right.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(n) => Some(group(&n.as_string())),
        _ => None,
    }));
    for source in sources {
        let resource = FluentResource::try_new((*source).to_owned()).expect("a test reads every locale file");
        bundle.add_resource(resource).expect("a test proves that no key is told twice");
    }
    bundle
}

/// Groups the integer digits of a plain number by thousands: `-12345.6` becomes `−12,345.6`.
pub fn group(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |rest| ("−", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, ""), |(w, f)| (w, f));
    let mut out = String::from(sign);
    let count = whole.chars().count();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (count - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// The texts of one language, as templates ask for them. Short names, because templates name them hundreds of times.
#[derive(Debug, Clone, Copy, Default)]
pub struct Text(pub Lang);

impl Text {
    /// The text of a key without arguments.
    pub fn t(self, key: &str) -> String {
        self.format(key, None)
    }

    /// The text of a key with the number `$n`.
    pub fn n(self, key: &str, n: impl TryInto<i64>) -> String {
        let mut args = FluentArgs::new();
        args.set("n", number(n));
        self.format(key, Some(&args))
    }

    /// The text of a key with the numbers `$n` and `$m`.
    pub fn nm(self, key: &str, n: impl TryInto<i64>, m: impl TryInto<i64>) -> String {
        let mut args = FluentArgs::new();
        args.set("n", number(n));
        args.set("m", number(m));
        self.format(key, Some(&args))
    }

    /// The text of a key with the text `$x`.
    pub fn x(self, key: &str, x: impl std::fmt::Display) -> String {
        let mut args = FluentArgs::new();
        args.set("x", x.to_string());
        self.format(key, Some(&args))
    }

    /// The text of a key with the texts `$x` and `$y`.
    pub fn xy(self, key: &str, x: impl std::fmt::Display, y: impl std::fmt::Display) -> String {
        let mut args = FluentArgs::new();
        args.set("x", x.to_string());
        args.set("y", y.to_string());
        self.format(key, Some(&args))
    }

    /// The text of a key with the number `$n` and the text `$x`.
    pub fn nx(self, key: &str, n: impl TryInto<i64>, x: impl std::fmt::Display) -> String {
        let mut args = FluentArgs::new();
        args.set("n", number(n));
        args.set("x", x.to_string());
        self.format(key, Some(&args))
    }

    /// Whether the language holds the key.
    pub fn has(self, key: &str) -> bool {
        self.0.bundle().get_message(key).and_then(|m| m.value()).is_some()
    }

    fn format(self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let bundle = self.0.bundle();
        let Some(pattern) = bundle.get_message(key).and_then(|m| m.value()) else {
            return key.to_owned();
        };
        let mut flaws = Vec::new();
        bundle.format_pattern(pattern, args, &mut flaws).into_owned()
    }
}

fn number(n: impl TryInto<i64>) -> FluentValue<'static> {
    FluentValue::from(n.try_into().unwrap_or(i64::MAX))
}

#[cfg(test)]
#[path = "i18n_tests.rs"]
mod tests;
