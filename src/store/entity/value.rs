//! How the domain's types stand in columns, alike on both databases.
//!
//! Integers are 64-bit everywhere (PostgreSQL's driver refuses to read a `bigint` as anything narrower); enums are stored by their stable
//! codes or words; a code nobody knows is an error of the row, never a default.

use chrono::NaiveDate;
use sea_orm::sea_query::{ArrayType, ColumnType};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::domain::Compartment;
use crate::domain::activity::{ActivityKind, ActivityPlace};
use crate::domain::consent::{ConsentHow, Purpose};
use crate::domain::id::{
    ActivityId, CampaignId, ClaimId, ConsentId, CorrectionId, DeathId, DisclosureId, DriveId, EnrolmentId, FactId, HealthId, ImportId,
    ImportRowId, LeaveId, LinkId, MatterId, MembershipId, OpeningId, OutboxId, OutsideId, PairId, PersonId, PublicId, RecordId, ServiceId,
    ShiftId, StaffId, SubjectId, TaskId, ToldId, TurnId,
};
use crate::domain::outside::{OutsideAct, OutsideCause, OutsideState, OutsideSystem};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::role::Roles;
use crate::domain::shift::TurnState;
use crate::domain::time::Timestamp;
use crate::domain::town::TownCode;
use crate::store::base64;

/// Lets a type stand in a column as one of the drivers' own types.
macro_rules! column {
    ($type:ty, $raw:ty, $column:expr, $array:expr, $into:expr, $from:expr) => {
        impl From<$type> for sea_orm::Value {
            fn from(value: $type) -> Self {
                let into: fn($type) -> $raw = $into;
                sea_orm::Value::from(into(value))
            }
        }

        impl sea_orm::TryGetable for $type {
            fn try_get_by<I: sea_orm::ColIdx>(row: &sea_orm::QueryResult, index: I) -> Result<Self, sea_orm::TryGetError> {
                let from: fn($raw) -> Option<$type> = $from;
                let raw = <$raw as sea_orm::TryGetable>::try_get_by(row, index)?;
                from(raw).ok_or_else(|| {
                    sea_orm::TryGetError::DbErr(sea_orm::DbErr::Type(concat!("unknown value of ", stringify!($type)).to_owned()))
                })
            }
        }

        impl sea_orm::sea_query::ValueType for $type {
            fn try_from(value: sea_orm::Value) -> Result<Self, sea_orm::sea_query::ValueTypeErr> {
                let from: fn($raw) -> Option<$type> = $from;
                from(<$raw as sea_orm::sea_query::ValueType>::try_from(value)?).ok_or(sea_orm::sea_query::ValueTypeErr)
            }
            fn type_name() -> String {
                stringify!($type).to_owned()
            }
            fn array_type() -> sea_orm::sea_query::ArrayType {
                $array
            }
            fn column_type() -> sea_orm::sea_query::ColumnType {
                $column
            }
        }

        impl sea_orm::sea_query::Nullable for $type {
            fn null() -> sea_orm::Value {
                <$raw as sea_orm::sea_query::Nullable>::null()
            }
        }

        impl sea_orm::IntoActiveValue<$type> for $type {
            fn into_active_value(self) -> sea_orm::ActiveValue<$type> {
                sea_orm::ActiveValue::Set(self)
            }
        }

        impl sea_orm::TryFromU64 for $type {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($type)))
            }
        }
    };
}
pub(in crate::store) use column;

macro_rules! id_columns {
    ($($type:ident),+ $(,)?) => {$(
        column!($type, Uuid, ColumnType::Uuid, ArrayType::Uuid, |v| v.0, |raw| Some($type(raw)));
    )+};
}

id_columns!(
    SubjectId,
    PersonId,
    RecordId,
    EnrolmentId,
    MembershipId,
    ConsentId,
    ClaimId,
    ImportId,
    ImportRowId,
    CorrectionId,
    PairId,
    StaffId,
    DriveId,
    TaskId,
    OutboxId,
    LinkId,
    CampaignId,
    FactId,
    HealthId,
    ServiceId,
    DeathId,
    LeaveId,
    ToldId,
    ShiftId,
    TurnId,
    ActivityId,
    OutsideId,
    MatterId,
    OpeningId,
    DisclosureId,
);

macro_rules! code_columns {
    ($($type:ident: $into:expr, $from:expr;)+) => {$(
        column!($type, i64, ColumnType::BigInteger, ArrayType::BigInt, $into, $from);
    )+};
}

code_columns! {
    Timestamp: |v| v.0, |raw| Some(Timestamp(raw));
    Registry: |v| v.code().into(), |raw| <i16 as TryFrom<i64>>::try_from(raw).ok().and_then(Registry::from_code);
    EnrolmentStatus: |v| v.code().into(), |raw| <i16 as TryFrom<i64>>::try_from(raw).ok().and_then(EnrolmentStatus::from_code);
    Purpose: |v| v.code().into(), |raw| <i16 as TryFrom<i64>>::try_from(raw).ok().and_then(Purpose::from_code);
    ConsentHow: |v| v.code().into(), |raw| <i16 as TryFrom<i64>>::try_from(raw).ok().and_then(ConsentHow::from_code);
    Compartment: |v| v.code().into(), |raw| <u8 as TryFrom<i64>>::try_from(raw).ok().and_then(Compartment::from_code);
    TownCode: |v| v.0.into(), |raw| <u32 as TryFrom<i64>>::try_from(raw).ok().map(TownCode);
    Roles: |v| v.bits().into(), |raw| <i32 as TryFrom<i64>>::try_from(raw).ok().map(Roles::from_bits);
}

macro_rules! word_columns {
    ($($type:ident),+ $(,)?) => {$(
        column!($type, String, ColumnType::Text, ArrayType::String, |v| v.word().to_owned(), |raw| $type::from_word(&raw));
    )+};
}

word_columns!(OutsideSystem, OutsideState, OutsideAct, OutsideCause, TurnState, ActivityKind, ActivityPlace);

column!(PublicId, String, ColumnType::Text, ArrayType::String, |v| v.as_str().to_owned(), |raw| PublicId::parse(&raw));

/// A civil date as ISO 8601 text, which sorts and compares alike on both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub NaiveDate);

column!(Day, String, ColumnType::Text, ArrayType::String, |v| v.0.format("%Y-%m-%d").to_string(), |raw| {
    NaiveDate::parse_from_str(&raw, "%Y-%m-%d").ok().map(Day)
});

/// Bytes that only the vault can read or compare: ciphertexts, wrapped keys, keyed values. `Debug` prints their number.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Opaque(pub Vec<u8>);

column!(Opaque, Vec<u8>, ColumnType::Blob, ArrayType::Bytes, |v| v.0, |raw| Some(Opaque(raw)));

impl std::fmt::Debug for Opaque {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opaque({} bytes)", self.0.len())
    }
}

impl Serialize for Opaque {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Opaque {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        base64::decode(&text).map(Opaque).ok_or_else(|| serde::de::Error::custom("not base 64"))
    }
}

impl From<Vec<u8>> for Opaque {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<NaiveDate> for Day {
    fn from(day: NaiveDate) -> Self {
        Self(day)
    }
}
