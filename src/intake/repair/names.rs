//! Name cells.

use crate::domain::name::{NameFlaw, PersonName};
use crate::domain::problem::ProblemCode;

/// What a name cell says.
pub(in crate::intake) enum NameRead {
    Missing,
    Name(PersonName),
    /// A name can be shown, but somebody must look at it.
    Flawed(ProblemCode, PersonName),
}

/// Reads a name cell.
pub(in crate::intake) fn read(text: &str) -> NameRead {
    let plain = super::plain(text);
    if super::says_nothing(&plain)
        || matches!(plain.as_str(), "不详" | "未知" | "待补" | "待定" | "匿名" | "未填" | "未填写" | "待补充" | "NULL" | "null")
    {
        return NameRead::Missing;
    }
    // Nobody has the name of the person above; which one was meant only a person can tell.
    if super::is_ditto(&plain) {
        return NameRead::Flawed(ProblemCode::NameInvalid, PersonName::illegible(text));
    }
    let text = text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '“' | '”' | '「' | '」' | '。' | '，' | ',' | '；' | ';' | '：' | ':')
    });
    match PersonName::parse(text) {
        Ok(name) => NameRead::Name(name),
        Err(NameFlaw::Missing) => NameRead::Missing,
        Err(NameFlaw::TooLong) => NameRead::Flawed(ProblemCode::NameTooLong, PersonName::illegible("")),
        Err(NameFlaw::NotAName) => NameRead::Flawed(ProblemCode::NameInvalid, PersonName::illegible(text)),
        Err(NameFlaw::ReplacementChar) => NameRead::Flawed(ProblemCode::NameReplacementChar, PersonName::illegible(text)),
        Err(NameFlaw::HasNote) => match PersonName::with_note_apart(text) {
            Some((name, _)) => NameRead::Flawed(ProblemCode::NameHasNote, name),
            None => NameRead::Flawed(ProblemCode::NameInvalid, PersonName::illegible(text)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_around_a_name_are_no_part_of_it_and_same_as_above_is_none() {
        let read = |text: &str| match super::read(text) {
            NameRead::Missing => "missing".to_owned(),
            NameRead::Name(name) => name.as_str().to_owned(),
            NameRead::Flawed(code, _) => code.code().to_owned(),
        };
        for text in ["“张三”", "\"张三\"", "张三：", "张三。", " 张三， "] {
            assert_eq!(read(text), "张三", "{text}");
        }
        assert_eq!((read("同上").as_str(), read("〃").as_str()), ("name_invalid", "name_invalid"));
        assert_eq!((read("“”").as_str(), read("张三/李四").as_str()), ("missing", "name_invalid"));
    }
}
