//! The web shell: the only room that names rocket. May import `app` and what it returns, `domain` and `config`.
//!
//! - `view`: view models with masked and escaped texts, parts of forms, charts; templates stand in `templates/`, compiled in.
//! - `i18n`: the texts of both languages, `locales/`.
//! - `form`: bodies of posts, read into zeroised memory, with the check against forged posts.
//! - `guard`: who asks and what they may: a handler without the guard cannot be reached.
//! - `page`: one area a file; a handler is guard + form + one call of `app` + view.
//! - `headers`, `assets`: what goes with every answer; the stylesheet, the script, the icon.
//!
//! Nothing personal stands in an address, a cookie or a log line; every answer but a static file is `no-store`.

pub mod assets;
pub mod form;
pub mod headers;
pub mod i18n;
pub mod view;
