//! How the trade's values lie in columns: the domain knows no database, so it is said here.
//!
//! | value | SQLite | PostgreSQL |
//! |---|---|---|
//! | an id over a UUID | `TEXT`, hyphenated | `UUID` |
//! | [`Instant`] | `TEXT` of fixed width, so that it sorts | `TIMESTAMPTZ` |
//! | [`Json`] | `TEXT` | `JSONB` |
//! | numbers | `INTEGER` | `BIGINT` |
//! | a flag | `INTEGER` | `BOOLEAN` |
//! | text, also ids that are text | `TEXT` | `TEXT` |

use domain::clearing::Month;
use domain::id::{
    AccidentId, AssessmentId, ClerkId, ClientId, EvidenceId, FindingId, GuestId, InsurerCode, OfficerId,
    OrderId, PartyId, Sha256Hex, StillId, UnitId, UploadId,
};
use domain::time::Instant;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgRow, PgTypeInfo, PgValueRef};
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteRow, SqliteTypeInfo, SqliteValueRef};
use sqlx::{Decode, Encode, Error, Postgres, Sqlite, Type};
use time::OffsetDateTime;
use uuid::Uuid;

/// A value that both drivers can write and read as it is.
pub trait Native:
    Send
    + 'static
    + Type<Sqlite>
    + for<'q> Encode<'q, Sqlite>
    + for<'r> Decode<'r, Sqlite>
    + Type<Postgres>
    + for<'q> Encode<'q, Postgres>
    + for<'r> Decode<'r, Postgres>
{
}

impl<T> Native for T where
    T: Send
        + 'static
        + Type<Sqlite>
        + for<'q> Encode<'q, Sqlite>
        + for<'r> Decode<'r, Sqlite>
        + Type<Postgres>
        + for<'q> Encode<'q, Postgres>
        + for<'r> Decode<'r, Postgres>
{
}

/// A value that can be bound to a query.
pub trait ToColumn {
    type Native: Native;

    /// # Errors
    /// When the value does not fit what the column holds.
    fn to_native(self) -> Result<Self::Native, BoxDynError>;
}

/// A value that can be read from a column.
pub trait FromColumn: Sized {
    type Native: Native;

    /// # Errors
    /// When the column holds something this type refuses.
    fn from_native(native: Self::Native) -> Result<Self, BoxDynError>;
}

/// A row of either database.
pub enum Row<'r> {
    Sqlite(&'r SqliteRow),
    Postgres(&'r PgRow),
}

impl Row<'_> {
    /// # Errors
    /// When there is no such column, or what it holds is no `T`.
    pub fn get<T: FromColumn>(&self, column: &str) -> sqlx::Result<T> {
        let native = match self {
            Self::Sqlite(row) => sqlx::Row::try_get::<T::Native, _>(*row, column)?,
            Self::Postgres(row) => sqlx::Row::try_get::<T::Native, _>(*row, column)?,
        };
        T::from_native(native).map_err(|source| Error::ColumnDecode {
            index: column.to_owned(),
            source,
        })
    }
}

/// What a row becomes; see [`row!`].
pub trait Load: Sized {
    /// # Errors
    /// As [`Row::get`].
    fn load(row: &Row<'_>) -> sqlx::Result<Self>;
}

/// Declares a struct whose fields are the columns of the same name.
macro_rules! row {
    (
        $(#[$attr:meta])*
        $vis:vis struct $name:ident $(<$state:ident>)? {
            $($(#[$field_attr:meta])* $field_vis:vis $field:ident: $type:ty),+ $(,)?
        }
    ) => {
        $(#[$attr])*
        $vis struct $name $(<$state>)? { $($(#[$field_attr])* $field_vis $field: $type),+ }

        impl $(<$state: serde::de::DeserializeOwned>)? $crate::store::Load for $name $(<$state>)? {
            fn load(row: &$crate::store::Row<'_>) -> sqlx::Result<Self> {
                Ok(Self { $($field: row.get(stringify!($field))?),+ })
            }
        }
    };
}
pub(crate) use row;

row! {
    /// The one number a query answers, selected `AS value`.
    pub(crate) struct Value {
        pub value: i64,
    }
}

impl<T: ToColumn> ToColumn for Option<T>
where
    Option<T::Native>: Native,
{
    type Native = Option<T::Native>;

    fn to_native(self) -> Result<Self::Native, BoxDynError> {
        self.map(T::to_native).transpose()
    }
}

impl<T: FromColumn> FromColumn for Option<T>
where
    Option<T::Native>: Native,
{
    type Native = Option<T::Native>;

    fn from_native(native: Self::Native) -> Result<Self, BoxDynError> {
        native.map(T::from_native).transpose()
    }
}

/// Types that are their own column: `as_is!(i64, …)`, or another's: `(u64 => i64: to, from)`.
macro_rules! columns {
    ($($type:ty => $native:ty: $to:expr, $from:expr;)+) => {$(
        impl ToColumn for $type {
            type Native = $native;

            fn to_native(self) -> Result<$native, BoxDynError> {
                let to: fn($type) -> Result<$native, BoxDynError> = $to;
                to(self)
            }
        }

        impl FromColumn for $type {
            type Native = $native;

            fn from_native(native: $native) -> Result<Self, BoxDynError> {
                let from: fn($native) -> Result<$type, BoxDynError> = $from;
                from(native)
            }
        }
    )+};
}

columns! {
    i64 => i64: Ok, Ok;
    u64 => i64: |n| Ok(n.try_into()?), |n| Ok(n.try_into()?);
    u32 => i64: |n| Ok(n.into()), |n| Ok(n.try_into()?);
    bool => bool: Ok, Ok;
    String => String: Ok, Ok;
    Instant => At: |at| Ok(At(at)), |at| Ok(at.0);
    Uuid => Key: |id| Ok(Key(id)), |id| Ok(id.0);
    AccidentId => Key: |id| Ok(Key(id.0)), |id| Ok(Self(id.0));
    PartyId => Key: |id| Ok(Key(id.0)), |id| Ok(Self(id.0));
    OfficerId => Key: |id| Ok(Key(id.0)), |id| Ok(Self(id.0));
    EvidenceId => Key: |id| Ok(Key(id.0)), |id| Ok(Self(id.0));
    FindingId => Key: |id| Ok(Key(id.0)), |id| Ok(Self(id.0));
    GuestId => Key: |id| Ok(Key(id.0)), |id| Ok(Self(id.0));
    ClerkId => Key: |id| Ok(Key(id.0)), |id| Ok(Self(id.0));
    StillId => Key: |id| Ok(Key(id.0)), |id| Ok(Self(id.0));
    OrderId => Key: |id| Ok(Key(id.0)), |id| Ok(Self(id.0));
    UploadId => Key: |id| Ok(Key(id.0)), |id| Ok(Self(id.0));
    AssessmentId => Key: |id| Ok(Key(id.0)), |id| Ok(Self(id.0));
    InsurerCode => String: |code| Ok(code.to_string()), |code| Ok(code.parse()?);
    Month => String: |month| Ok(month.to_string()), |month| Ok(month.parse()?);
    UnitId => String: |id| Ok(id.to_string()), |id| Ok(Self::new(id)?);
    ClientId => String: |id| Ok(id.to_string()), |id| Ok(Self::new(id)?);
    Sha256Hex => String: |id| Ok(id.to_string()), |id| Ok(Self::new(id)?);
}

impl ToColumn for &str {
    type Native = String;

    fn to_native(self) -> Result<String, BoxDynError> {
        Ok(self.to_owned())
    }
}

/// What is bound by reference is bound as a copy: the drivers own their arguments.
impl<T: ToColumn + Clone> ToColumn for &T {
    type Native = T::Native;

    fn to_native(self) -> Result<Self::Native, BoxDynError> {
        self.clone().to_native()
    }
}

/// A JSON column that holds a `T`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: Serialize> ToColumn for Json<&T> {
    type Native = serde_json::Value;

    fn to_native(self) -> Result<serde_json::Value, BoxDynError> {
        Ok(serde_json::to_value(self.0)?)
    }
}

impl<T: DeserializeOwned> FromColumn for Json<T> {
    type Native = serde_json::Value;

    fn from_native(native: serde_json::Value) -> Result<Self, BoxDynError> {
        Ok(Self(serde_json::from_value(native)?))
    }
}

/// A moment as a column.
pub struct At(Instant);

impl Type<Sqlite> for At {
    fn type_info() -> SqliteTypeInfo {
        <String as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for At {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(self.0.to_string(), buffer)
    }
}

impl<'r> Decode<'r, Sqlite> for At {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(<String as Decode<Sqlite>>::decode(value)?.parse()?))
    }
}

impl Type<Postgres> for At {
    fn type_info() -> PgTypeInfo {
        <OffsetDateTime as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for At {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode(self.0.into_inner(), buffer)
    }
}

impl<'r> Decode<'r, Postgres> for At {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(<OffsetDateTime as Decode<Postgres>>::decode(value)?.into()))
    }
}

/// An id as a column.
pub struct Key(Uuid);

impl Type<Sqlite> for Key {
    fn type_info() -> SqliteTypeInfo {
        <String as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for Key {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(self.0.to_string(), buffer)
    }
}

impl<'r> Decode<'r, Sqlite> for Key {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(<String as Decode<Sqlite>>::decode(value)?.parse()?))
    }
}

impl Type<Postgres> for Key {
    fn type_info() -> PgTypeInfo {
        <Uuid as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Key {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode(self.0, buffer)
    }
}

impl<'r> Decode<'r, Postgres> for Key {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(<Uuid as Decode<Postgres>>::decode(value)?))
    }
}
