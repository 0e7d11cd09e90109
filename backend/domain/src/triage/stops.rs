//! The reasons to leave the remote flow: article, reason, what to do now.

use serde::{Deserialize, Serialize};

/// A reason that ends remote handling, as the caller reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HardStop {
    /// For machines: `no_licence`.
    pub code: String,
    /// `《道路交通事故处理程序规定》第十三条第一项`, or the local rule.
    pub article: String,
    /// Why.
    pub reason: String,
    /// What the caller must do now.
    pub advice: String,
    pub call_122: bool,
    pub call_120: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    Death,
    Injury,
    DangerousGoods,
    NoLicence,
    AlcoholOrDrugs,
    BusOverloadedOrSpeeding,
    BadPlate,
    CannotMove,
    PartyLeft,
    IntentSuspected,
    CrimeSuspected,
    SlightInjuryClosed,
    MissingMarks,
    FacilityHit,
    Expressway,
    SingleVehicle,
    NonMotor,
    ThreeVehicles,
    Night,
}

const PROTECT: &str = "请不要移动车辆，保护好现场，在车后放置警示标志，人员到安全处等候，立即拨打122报警。";
const PROTECT_AND_RESCUE: &str =
    "请立即拨打120救人、122报警，保护好现场，不要随意移动伤者，在车后放置警示标志。";
const CAR_STUCK: &str =
    "请打开危险报警闪光灯，在车后放置警示标志，车上人员撤到路外安全处等候，立即拨打122报警。";
const DESK: &str = "请先拍照固定现场、把能动的车移到不妨碍交通的地方，再拨打122报警，等待民警处理。";
const LOCAL: &str = "本地远程处理规则";

impl Stop {
    pub(super) fn told(self) -> HardStop {
        let (code, article, reason, advice) = self.words();
        let article = if article == LOCAL {
            LOCAL.to_owned()
        } else {
            format!("《道路交通事故处理程序规定》{article}")
        };
        HardStop {
            code: code.to_owned(),
            article,
            reason: reason.to_owned(),
            advice: advice.to_owned(),
            call_122: advice.contains("122"),
            call_120: advice.contains("120"),
        }
    }

    #[rustfmt::skip]
    fn words(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Death => ("death", "第十三条第一款", "事故造成人员死亡。", PROTECT_AND_RESCUE),
            Self::Injury => ("injury", "第十三条第一款", "有人受伤，且不是轻微伤。", PROTECT_AND_RESCUE),
            Self::DangerousGoods => ("dangerous_goods", "第十五条", "涉及运载危险物品的车辆。",
                "请所有人立即撤到上风方向的安全地带，远离车辆，禁止烟火，立即拨打122报警并说明所载物品。"),
            Self::NoLicence => ("no_licence", "第十三条第一款第一项", "有驾驶人没有有效的驾驶证，或者准驾车型不符。", PROTECT),
            Self::AlcoholOrDrugs => ("alcohol_or_drugs", "第十三条第一款第二项",
                "有驾驶人可能饮酒，或者服用了国家管制的精神药品、麻醉药品。", PROTECT),
            Self::BusOverloadedOrSpeeding => ("bus_overloaded_or_speeding", "第十三条第一款第三项",
                "校车或者客运车辆可能严重超员、严重超速。", PROTECT),
            Self::BadPlate => ("bad_plate", "第十三条第一款第四项", "有机动车没有号牌，或者号牌是伪造、变造的。", PROTECT),
            Self::CannotMove => ("cannot_move", "第十三条第一款第五项", "有车辆不能自行移动。", CAR_STUCK),
            Self::PartyLeft => ("party_left", "第十三条第一款第六项", "有当事人离开了现场。",
                "请记下对方的号牌、车型和离开方向，保护好现场，立即拨打122报警。"),
            Self::IntentSuspected => ("intent_suspected", "第十三条第一款第七项", "事故可能是有人故意造成的。", PROTECT),
            Self::CrimeSuspected => ("crime_suspected", "第二十三条第一款", "有交通肇事、危险驾驶犯罪嫌疑。", PROTECT),
            Self::SlightInjuryClosed => ("slight_injury_closed", "第十三条第一款", "有人受伤，本地有人受伤的事故不适用远程处理。",
                PROTECT_AND_RESCUE),
            Self::MissingMarks => ("missing_marks", "第十四条第一项", "有机动车没有检验合格标志或者保险标志。", DESK),
            Self::FacilityHit => ("facility_hit", "第十四条第二项", "碰撞了建筑物、公共设施或者其他设施。", DESK),
            Self::Expressway => ("expressway", LOCAL, "高速公路、城市快速路上的事故不适用远程处理。",
                "请开启危险报警闪光灯，在车后150米外放置警示标志，人员撤到护栏外，立即拨打122报警。"),
            Self::SingleVehicle => ("single_vehicle", LOCAL, "只有一方的事故，本地不适用远程处理。", DESK),
            Self::NonMotor => ("non_motor", LOCAL, "有非机动车或者行人的事故，本地不适用远程处理。", DESK),
            Self::ThreeVehicles => ("three_vehicles", LOCAL, "三辆以上机动车的事故，本地不适用远程处理。", DESK),
            Self::Night => ("night", LOCAL, "本地夜间不受理远程处理。", DESK),
        }
    }
}
