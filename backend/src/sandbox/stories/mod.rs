//! The stories: what happens in each kind of accident, in order.
//!
//! `own` is the insurer that asked, and sits where it has most to do; everybody else is insured with `other`.

mod acts;
mod after;
mod assessed;
mod settled;

use domain::accident::Accident;
use domain::codes::{AccidentForm, CollisionForm, RoadType, Weather};
use domain::id::InsurerCode;
use domain::scene::{Place, PlaceSource, Scene};
use domain::time::Instant;
use domain::triage::{Answers, Injury};
use serde::{Deserialize, Serialize};

use super::Told;
use super::cast::Person;
use super::play::{Case, Play};
use super::scene::View;
use crate::refusal::{AppError, Result};

/// A kind of accident that a sandbox can make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SandboxKind)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    SelfPay,
    Advance,
    PaidFirst,
    ThreeCars,
    Injury,
    Field,
    Awaiting,
    Objection,
    Supplement,
    Refusal,
    Mediation,
    Disputed,
    Paid,
    Rejected,
    Voided,
}

impl Kind {
    pub const ALL: [Self; 15] = [
        Self::SelfPay,
        Self::Advance,
        Self::PaidFirst,
        Self::ThreeCars,
        Self::Injury,
        Self::Field,
        Self::Awaiting,
        Self::Objection,
        Self::Supplement,
        Self::Refusal,
        Self::Mediation,
        Self::Disputed,
        Self::Paid,
        Self::Rejected,
        Self::Voided,
    ];

    /// What it is, for people; the insurer that asks is "贵公司".
    pub fn title(self) -> &'static str {
        match self {
            Self::SelfPay => "互碰自赔：双方同等责任，各由自己的公司赔付",
            Self::Advance => "无责代赔：贵公司承保全责方，代无责方赔付100元",
            Self::PaidFirst => "先行赔付：贵公司承保的车主选择代位求偿，先付后追",
            Self::ThreeCars => "三车追尾：贵公司承保全责方",
            Self::Injury => "轻微伤：有医疗费和误工费，已结算",
            Self::Field => "转现场处理：有人受伤较重，没有认定书和付款单",
            Self::Awaiting => "定损待核定：金额超过互信上限，等待贵公司答复",
            Self::Objection => "定损异议：对方公司提出异议，联合定损后结算",
            Self::Supplement => "补充定损：结算后发现隐藏损失，付款单随之变化",
            Self::Refusal => "拒绝签字：一方拒签，照常送达和结算",
            Self::Mediation => "调解：双方达成协议并签名，已结案",
            Self::Disputed => "对认定有异议：结算后一方提出异议",
            Self::Paid => "已付款：全部付清、收款人已确认、已结案",
            Self::Rejected => "付款单退回：贵公司退回一张付款单，等待交警处理",
            Self::Voided => "撤销认定书：原编号作废，重新出具后结算",
        }
    }
}

/// What was so at the scene before anybody called.
pub(super) struct Setting {
    /// 甲 first.
    pub people: Vec<Person>,
    pub answers: Answers,
    pub place: &'static Site,
    pub view: View,
    weather: Weather,
    form: AccidentForm,
    collision: CollisionForm,
}

/// A place in Zhuji as a finding names it; WGS-84 degrees.
pub(super) struct Site {
    text: &'static str,
    road: &'static str,
    pub latitude: f64,
    pub longitude: f64,
}

const SITES: [Site; 8] = [
    Site {
        text: "诸暨市暨阳街道暨阳路与东一路交叉口",
        road: "暨阳路",
        latitude: 29.713_6,
        longitude: 120.237_2,
    },
    Site {
        text: "诸暨市浣东街道环城东路与东旺路交叉口",
        road: "环城东路",
        latitude: 29.719_8,
        longitude: 120.259_1,
    },
    Site {
        text: "诸暨市陶朱街道艮塔西路大侣路口东侧80米",
        road: "艮塔西路",
        latitude: 29.705_4,
        longitude: 120.222_7,
    },
    Site {
        text: "诸暨市大唐街道雄风路永鑫路口",
        road: "雄风路",
        latitude: 29.649_7,
        longitude: 120.156_9,
    },
    Site {
        text: "诸暨市店口镇中央路解放路口",
        road: "中央路",
        latitude: 29.922_3,
        longitude: 120.263_5,
    },
    Site {
        text: "诸暨市枫桥镇步森大道钟瑛路口",
        road: "步森大道",
        latitude: 29.793_5,
        longitude: 120.396_2,
    },
    Site {
        text: "诸暨市暨阳街道苎萝东路高湖路口",
        road: "苎萝东路",
        latitude: 29.699_1,
        longitude: 120.251_4,
    },
    Site {
        text: "诸暨市牌头镇越山路站前路口",
        road: "越山路",
        latitude: 29.541_8,
        longitude: 120.176_3,
    },
];

impl Setting {
    pub fn scene(&self, happened: Instant) -> Scene {
        Scene {
            occurred_at: Some(happened),
            weather: Some(self.weather),
            road_type: Some(RoadType::UrbanRoad),
            collision: Some(self.collision),
            form: Some(self.form),
            place: Some(Place {
                text: self.place.text.to_owned(),
                road: Some(self.place.road.to_owned()),
                direction: Some("由东向西".to_owned()),
                latitude: Some(self.place.latitude),
                longitude: Some(self.place.longitude),
                accuracy_m: Some(9.0),
                source: PlaceSource::Gps,
            }),
        }
    }

    /// Nobody is hurt, both drive; how they met is in the picture.
    fn of(play: &mut Play, people: Vec<Person>, view: View) -> Self {
        let weather = [Weather::Sunny, Weather::Overcast, Weather::Sunny, Weather::Rain];
        let collision = match view {
            View::RearEnd | View::ThreeInARow => CollisionForm::RearEnd,
            View::SideBySide => CollisionForm::ScrapeSameDirection,
        };
        let answers = Answers {
            motor_vehicles: u8::try_from(people.len()).unwrap_or(2).max(2),
            ..Answers::default()
        };
        Self {
            people,
            answers,
            place: play.dice.pick(&SITES).unwrap_or(&SITES[0]),
            view,
            weather: play.dice.pick(&weather).copied().unwrap_or(Weather::Sunny),
            form: AccidentForm::MovingVehicle,
            collision,
        }
    }
}

/// Who insures whom: 甲's insurer first.
#[derive(Clone, Copy)]
struct Insured {
    first: InsurerCode,
    second: InsurerCode,
}

impl Insured {
    fn first_with(own: InsurerCode) -> Result<Self> {
        Ok(Self {
            first: own,
            second: other_than(own)?,
        })
    }

    fn second_with(own: InsurerCode) -> Result<Self> {
        Ok(Self {
            first: other_than(own)?,
            second: own,
        })
    }
}

/// The insurer of everybody who is not the caller's.
fn other_than(own: InsurerCode) -> Result<InsurerCode> {
    let code = if own.as_str() == "PICC" { "PAIC" } else { "PICC" };
    code.parse()
        .map_err(|_| AppError::Inconsistent(format!("{code} is no insurer's code")))
}

/// Tells a story to its end.
pub(super) async fn tell(play: &mut Play, kind: Kind, own: InsurerCode) -> Result<Told> {
    let (first, second) = (Insured::first_with(own)?, Insured::second_with(own)?);
    let case = match kind {
        Kind::SelfPay => settled::self_pay(play, first).await?,
        Kind::Advance => settled::rear_end(play, first).await?,
        Kind::ThreeCars => settled::three_cars(play, first).await?,
        Kind::Injury => settled::injury(play, first).await?,
        Kind::Field => settled::field(play, first).await?,
        Kind::Refusal => settled::refusal(play, first).await?,
        Kind::Voided => settled::voided(play, first).await?,
        Kind::Awaiting => assessed::awaiting(play, first).await?,
        Kind::Objection => assessed::objection(play, second).await?,
        Kind::Supplement => assessed::supplement(play, second).await?,
        Kind::Mediation => after::mediation(play, first).await?,
        Kind::Disputed => after::disputed(play, first).await?,
        Kind::PaidFirst => after::paid_first(play, second).await?,
        Kind::Paid => after::paid(play, first).await?,
        Kind::Rejected => after::rejected(play, first).await?,
    };
    told(play, &case).await
}

async fn told(play: &Play, case: &Case) -> Result<Told> {
    let accident: Accident = play.look(case).await?;
    Ok(Told {
        accident: case.id,
        finding_number: accident.finding().map(|finding| finding.number.clone()),
    })
}

/// Somebody is hurt.
fn hurt(mut setting: Setting, injury: Injury) -> Setting {
    setting.answers.injury = injury;
    setting
}
