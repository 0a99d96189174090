//! The fields a problem or a correction can name.

use serde::{Deserialize, Serialize};

/// A field of a row as the correction list names it. Locale key: `field-<word>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProblemField {
    /// 姓名
    Name,
    /// 身份证件号码
    Document,
    /// 联系电话
    Phone,
    /// 电子邮箱
    Mail,
    /// 出生日期
    Birth,
    /// The row's own date, and last donation, certificate and other days.
    Date,
    /// 镇街
    Town,
    /// 性别
    Sex,
    /// 状态
    Status,
    /// 服务时长
    Hours,
    /// 样本条码
    Barcode,
    /// 联系人
    Contact2,
    /// 登记见证人
    Witness,
    /// 执行人
    Executor,
    /// 监护人
    Guardian,
    /// 体重
    Weight,
    /// Address, notes and other free text.
    Text,
    /// The row as a whole.
    Row,
}

impl ProblemField {
    /// Every field.
    pub const ALL: [Self; 18] = [
        Self::Name,
        Self::Document,
        Self::Phone,
        Self::Mail,
        Self::Birth,
        Self::Date,
        Self::Town,
        Self::Sex,
        Self::Status,
        Self::Hours,
        Self::Barcode,
        Self::Contact2,
        Self::Witness,
        Self::Executor,
        Self::Guardian,
        Self::Weight,
        Self::Text,
        Self::Row,
    ];

    /// The word in files, forms and locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Document => "document",
            Self::Phone => "phone",
            Self::Mail => "mail",
            Self::Birth => "birth",
            Self::Date => "date",
            Self::Town => "town",
            Self::Sex => "sex",
            Self::Status => "status",
            Self::Hours => "hours",
            Self::Barcode => "barcode",
            Self::Contact2 => "contact2",
            Self::Witness => "witness",
            Self::Executor => "executor",
            Self::Guardian => "guardian",
            Self::Weight => "weight",
            Self::Text => "text",
            Self::Row => "row",
        }
    }

    /// The field a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.word() == word)
    }
}
