//! Who is to blame and how far: 程序规定 art. 60, and the rules that a decision must keep.
//!
//! A proposal is a proposal: the officer decides, within [`check::problems`]. What follows in money
//! is the business of `settlement`.

pub mod check;
mod proposal;
mod shares;

use serde::{Deserialize, Serialize};

pub use proposal::propose;
pub use shares::{DefaultShares, ShareError, shares};

/// 责任, art. 60 and 61.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Liability {
    Full,
    Primary,
    Equal,
    Secondary,
    None,
    Undetermined,
}

impl Liability {
    pub const ALL: &[Self] = &[
        Self::Full,
        Self::Primary,
        Self::Equal,
        Self::Secondary,
        Self::None,
        Self::Undetermined,
    ];

    /// The official code of the form, 1 to 6.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Full => "1",
            Self::Primary => "2",
            Self::Equal => "3",
            Self::Secondary => "4",
            Self::None => "5",
            Self::Undetermined => "6",
        }
    }

    /// As the finding prints it: 承担〔全部责任〕.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Full => "全部责任",
            Self::Primary => "主要责任",
            Self::Equal => "同等责任",
            Self::Secondary => "次要责任",
            Self::None => "无责任",
            Self::Undetermined => "责任无法认定",
        }
    }

    /// As JSON spells it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Primary => "primary",
            Self::Equal => "equal",
            Self::Secondary => "secondary",
            Self::None => "none",
            Self::Undetermined => "undetermined",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|liability| liability.word() == word)
    }

    /// Compulsory cover knows no shares, only at fault or not.
    pub const fn is_at_fault(self) -> bool {
        matches!(self, Self::Full | Self::Primary | Self::Equal | Self::Secondary)
    }
}

/// How a party takes part, as far as liability and money care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    Motor,
    NonMotor,
    Pedestrian,
}

impl PartyKind {
    pub const ALL: &[Self] = &[Self::Motor, Self::NonMotor, Self::Pedestrian];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Motor => "motor",
            Self::NonMotor => "non_motor",
            Self::Pedestrian => "pedestrian",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }

    /// Brings a vehicle, motor or not.
    pub const fn is_vehicle(self) -> bool {
        matches!(self, Self::Motor | Self::NonMotor)
    }
}
