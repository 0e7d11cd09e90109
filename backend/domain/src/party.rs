//! Who was in it: a person, their vehicle, its covers, and what they agreed to.

mod check;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::codes::{ContactPart, PlateKind, TransportMode};
use crate::id::PartyId;
use crate::money::Fen;
use crate::time::Instant;

pub use crate::identifiers::DocumentKind;
pub use crate::liability::PartyKind;

/// One side of the accident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Party {
    pub id: PartyId,
    /// 甲, 乙, 丙… in the order they came in.
    pub label: String,
    /// Mainland mobile number, normalised; none for somebody the officer added who has no phone at hand.
    pub phone: Option<String>,
    /// When the SMS code proved that the phone is theirs.
    pub confirmed_at: Option<Instant>,
    pub details: Option<PartyDetails>,
    /// Every answer ever given, oldest first; the last of a kind counts.
    pub consents: Vec<Consent>,
    pub losses: Option<Losses>,
    /// In the video room now.
    pub online: bool,
}

/// What a party tells about themselves and their vehicle, checked and normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PartyDetails {
    pub kind: PartyKind,
    pub name: String,
    pub id_type: DocumentKind,
    pub id_number: String,
    #[serde(default)]
    pub injured: Injury,
    pub vehicle: Option<Vehicle>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Injury {
    #[default]
    None,
    Slight,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Vehicle {
    /// 交通方式
    pub traffic_mode: TransportMode,
    /// 号牌种类; none for a vehicle that needs no plate.
    pub plate_kind: Option<PlateKind>,
    /// Empty for a vehicle that needs no plate.
    #[serde(default)]
    pub plate: String,
    pub model: Option<String>,
    pub vin: Option<String>,
    pub ctp: Option<CtpCover>,
    pub third_party: Option<ThirdPartyCover>,
    pub own_damage: Option<OwnDamageCover>,
    /// 行驶方向, e.g. 由东向西.
    #[serde(default)]
    pub direction: Option<String>,
    /// 车损部位
    #[serde(default)]
    pub contact_part: Option<ContactPart>,
}

/// 交强险. Without dates it counts as valid, as settlement files have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CtpCover {
    /// Industry code, e.g. `PICC`.
    pub insurer: String,
    #[serde(default)]
    pub policy: String,
    /// First calendar day in China, `2026-01-01`.
    #[serde(default, with = "crate::day::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub valid_from: Option<Date>,
    /// Last calendar day in China.
    #[serde(default, with = "crate::day::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub valid_to: Option<Date>,
}

/// 商业三者险
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ThirdPartyCover {
    pub insurer: String,
    pub limit_fen: Fen,
    /// 绝对免赔率, whole percent.
    #[serde(default)]
    pub deductible_percent: u8,
}

/// 车损险
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OwnDamageCover {
    pub insurer: String,
    #[serde(default)]
    pub deductible_percent: u8,
}

/// What a party lost, by head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Losses {
    pub vehicle_fen: Fen,
    #[serde(default)]
    pub carried_fen: Fen,
    #[serde(default)]
    pub medical_fen: Fen,
    #[serde(default)]
    pub disability_fen: Fen,
}

impl Losses {
    /// All heads together; each is capped on arrival, so they fit.
    pub fn total(&self) -> Fen {
        let heads = [
            self.vehicle_fen,
            self.carried_fen,
            self.medical_fen,
            self.disability_fen,
        ];
        Fen(heads.iter().fold(0, |sum, head| sum.saturating_add(head.0)))
    }
}

/// Something outside the vehicles that was hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OutsideProperty {
    pub owner: String,
    pub loss_fen: Fen,
}

/// A yes or no to one question, with the version of the text that was on the screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Consent {
    pub kind: ConsentKind,
    pub agreed: bool,
    pub text_version: String,
    pub at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsentKind {
    /// 共同申请网上处理, 程序规定 art. 20: the joint application, with recording and data use told.
    RemoteHandling,
    /// 电子送达
    ElectronicService,
    /// 伤情轻微，同意适用简易程序, 程序规定 art. 23.
    SlightInjury,
    /// 互碰自赔
    SelfPay,
}

impl ConsentKind {
    pub const ALL: [Self; 4] = [
        Self::RemoteHandling,
        Self::ElectronicService,
        Self::SlightInjury,
        Self::SelfPay,
    ];

    /// The version of the text in force, which a consent must name.
    pub const TEXT_VERSION: &'static str = "2026-11";

    /// What the party agrees to, word for word.
    pub fn text(self) -> &'static str {
        match self {
            Self::RemoteHandling => {
                "我申请由交通警察通过视频远程处理本次事故。我知道通话会全程录音录像，照片、录像和我填写的信息作为事故证据保存，并依法提供给涉及的保险公司用于理赔。"
            }
            Self::ElectronicService => "我同意以电子方式接收事故认定书等文书，文书到达我的手机即为送达。",
            Self::SlightInjury => "我确认伤情轻微，同意按简易程序处理。",
            Self::SelfPay => "我同意互碰自赔：各方车损由各自的交强险保险公司赔给本车，不再互相索赔。",
        }
    }
}

impl Party {
    /// The last answer to `kind`, if there was one.
    pub fn consent(&self, kind: ConsentKind) -> Option<&Consent> {
        self.consents.iter().rev().find(|consent| consent.kind == kind)
    }

    pub fn agreed(&self, kind: ConsentKind) -> bool {
        self.consent(kind).is_some_and(|consent| consent.agreed)
    }

    pub fn injured(&self) -> bool {
        self.details
            .as_ref()
            .is_some_and(|details| details.injured == Injury::Slight)
    }

    pub fn vehicle(&self) -> Option<&Vehicle> {
        self.details.as_ref().and_then(|details| details.vehicle.as_ref())
    }

    /// The compulsory insurer, by code.
    pub fn insurer(&self) -> Option<&str> {
        Some(self.vehicle()?.ctp.as_ref()?.insurer.as_str())
    }

    /// Every insurer with a policy of theirs in this accident.
    pub fn insurers(&self) -> impl Iterator<Item = &str> {
        self.vehicle().into_iter().flat_map(|vehicle| {
            let ctp = vehicle.ctp.as_ref().map(|cover| cover.insurer.as_str());
            let third = vehicle.third_party.as_ref().map(|cover| cover.insurer.as_str());
            let own = vehicle.own_damage.as_ref().map(|cover| cover.insurer.as_str());
            [ctp, third, own].into_iter().flatten()
        })
    }
}

/// 甲, 乙, 丙 … as the forms count parties; beyond the ten stems a number.
pub fn label(index: usize) -> String {
    const STEMS: [&str; 10] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];
    STEMS
        .get(index)
        .map_or_else(|| format!("当事人{}", index + 1), |stem| (*stem).to_owned())
}
