//! Who plays: people, plates and policies that nobody has, made from a number.
//!
//! They are recognisable: phones begin with 19900, plates with 浙D9 (green ones 浙DF9), and the number of an identity
//! card counts nobody (000 is never given out).

use domain::codes::{PlateKind, TransportMode};
use domain::id::InsurerCode;
use domain::identifiers::DocumentKind;
use domain::money::Fen;
use domain::party::{CtpCover, Injury, OwnDamageCover, PartyDetails, PartyKind, ThirdPartyCover, Vehicle};
use domain::signing::{Ink, InkPoint, Pointer};
use time::{Date, Duration};

const FAMILIES: [&str; 32] = [
    "陈", "赵", "周", "楼", "何", "斯", "俞", "章", "蒋", "杨", "王", "徐", "吕", "袁", "宣", "骆", "钱",
    "傅", "冯", "郦", "寿", "边", "金", "许", "汤", "孟", "石", "毛", "黄", "戚", "侯", "郭",
];
const GIVEN: [&str; 40] = [
    "建国", "海燕", "志明", "晓燕", "国强", "丽萍", "伟峰", "雪芬", "永康", "佳琪", "文斌", "春花", "立新",
    "美娟", "浩然", "思远", "玉兰", "铁军", "梦洁", "金泉", "小波", "红霞", "天宇", "婷婷", "水根", "亚琴",
    "明辉", "雨欣", "柏林", "彩云", "宇航", "秋菊", "振华", "若曦", "大伟", "阿芳", "书豪", "菊英", "剑平",
    "乐怡",
];
/// Model, and whether it drives by electricity.
const MODELS: [(&str, bool); 14] = [
    ("大众朗逸", false),
    ("比亚迪秦PLUS", true),
    ("丰田卡罗拉", false),
    ("吉利帝豪", false),
    ("特斯拉Model 3", true),
    ("日产轩逸", false),
    ("本田思域", false),
    ("别克英朗", false),
    ("五菱宏光MINIEV", true),
    ("哈弗H6", false),
    ("小鹏P7", true),
    ("长安逸动", false),
    ("奥迪A4L", false),
    ("广汽埃安S", true),
];
/// Bodies as they are painted.
pub const COLOURS: [[u8; 3]; 8] = [
    [228, 230, 232],
    [38, 40, 46],
    [150, 154, 160],
    [150, 28, 32],
    [36, 70, 128],
    [196, 178, 140],
    [60, 104, 84],
    [220, 120, 40],
];
const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
/// First six digits of an identity number: 诸暨.
const DIVISION: &str = "330681";

/// Chance that is the same every time (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 below nothing.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.draw() % end).unwrap_or(0)
    }

    /// From `low` to just below `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        let part = u32::try_from(self.draw() >> 32).unwrap_or(0);
        low + (high - low) * f64::from(part) / f64::from(u32::MAX)
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}

/// One side of a story.
#[derive(Clone, Debug)]
pub struct Person {
    pub phone: String,
    pub details: PartyDetails,
    pub colour: [u8; 3],
    pub ink: Ink,
}

/// Somebody of story `number` on its `side`, insured with `insurer` since `day` minus a while.
pub fn person((number, side): (i64, usize), insurer: InsurerCode, day: Date) -> Person {
    let seat = number.unsigned_abs() * 8 + u64::try_from(side).unwrap_or(0);
    let mut dice = Dice::new(0x5eed_0000 + seat);
    // Sides of one story never share a name: they are drawn from parts of the list.
    let family = FAMILIES[(dice.below(8) * 4 + side % 4) % FAMILIES.len()];
    let given = dice.pick(&GIVEN).copied().unwrap_or("小明");
    let name = format!("{family}{given}");
    let (model, electric) = dice.pick(&MODELS).copied().unwrap_or(("大众朗逸", false));
    let colour = COLOURS[(dice.below(4) * 2 + side % 2) % COLOURS.len()];
    let plate = plate(seat, electric, &mut dice);
    let began = day - Duration::days(20 + i64::try_from(dice.below(200)).unwrap_or(0));
    let until = began + Duration::days(364);
    let code = insurer.as_str().to_owned();
    let vehicle = Vehicle {
        traffic_mode: TransportMode::SmallCar,
        plate_kind: Some(if electric {
            PlateKind::SmallNewEnergy
        } else {
            PlateKind::Small
        }),
        plate,
        model: Some(model.to_owned()),
        vin: None,
        ctp: Some(CtpCover {
            insurer: code.clone(),
            policy: format!("PDZA{}{DIVISION}{seat:08}", began.year()),
            valid_from: Some(began),
            valid_to: Some(until),
        }),
        third_party: Some(ThirdPartyCover {
            insurer: code.clone(),
            limit_fen: Fen::from_yuan(
                *dice
                    .pick(&[1_000_000, 2_000_000, 3_000_000])
                    .unwrap_or(&1_000_000),
            ),
            deductible_percent: 0,
        }),
        own_damage: Some(OwnDamageCover {
            insurer: code,
            deductible_percent: 0,
        }),
        direction: Some("由东向西".to_owned()),
        contact_part: None,
    };
    Person {
        phone: format!("19900{:06}", seat % 1_000_000),
        details: PartyDetails {
            kind: PartyKind::Motor,
            id_type: DocumentKind::IdCard,
            id_number: identity_number(&mut dice),
            injured: Injury::None,
            vehicle: Some(vehicle),
            name: name.clone(),
        },
        colour,
        ink: ink(name.chars().count(), &mut dice),
    }
}

/// Ends in the seat, so that no two in a sandbox are alike for long.
fn plate(seat: u64, electric: bool, dice: &mut Dice) -> String {
    let letter = dice.pick(LETTERS).copied().map_or('A', char::from);
    if electric {
        format!("浙DF9{:04}", seat % 10_000)
    } else {
        format!("浙D9{letter}{:03}", seat % 1_000)
    }
}

fn identity_number(dice: &mut Dice) -> String {
    const WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let (year, month, day) = (1958 + dice.below(46), 1 + dice.below(12), 1 + dice.below(28));
    let body = format!("{DIVISION}{year:04}{month:02}{day:02}000");
    let sum: usize = body
        .bytes()
        .zip(WEIGHTS)
        .map(|(digit, weight)| usize::from(digit - b'0') * weight)
        .sum();
    let check = b"10X98765432"[sum % 11];
    format!("{body}{}", char::from(check))
}

/// Strokes as a quick hand draws them, some for each character of a name.
pub fn ink(characters: usize, dice: &mut Dice) -> Ink {
    let (width, height) = (640.0, 240.0);
    let characters = characters.clamp(2, 4);
    let wide = (width - 80.0) / f64::from(u32::try_from(characters).unwrap_or(2));
    let (mut strokes, mut at_ms) = (Vec::new(), 0.0);
    let mut left = 40.0;
    for _ in 0..characters {
        for _ in 0..3 + dice.below(3) {
            let from = (left + dice.between(0.0, wide * 0.5), dice.between(50.0, 150.0));
            let to = (
                left + dice.between(wide * 0.3, wide * 0.9),
                dice.between(70.0, 200.0),
            );
            let bow = dice.between(-28.0, 28.0);
            strokes.push(stroke(from, to, bow, &mut at_ms));
            at_ms += dice.between(60.0, 140.0);
        }
        left += wide;
    }
    Ink {
        width,
        height,
        pixel_ratio: Some(3.0),
        strokes,
    }
}

/// A bow from one point to the other, pressed harder in the middle.
fn stroke(from: (f64, f64), to: (f64, f64), bow: f64, at_ms: &mut f64) -> Vec<InkPoint> {
    (0..=12_u32)
        .map(|step| {
            let along = f64::from(step) / 12.0;
            let bent = (along * std::f64::consts::PI).sin();
            *at_ms += 11.0;
            InkPoint {
                t: *at_ms,
                x: from.0 + (to.0 - from.0) * along + bow * bent * 0.4,
                y: from.1 + (to.1 - from.1) * along + bow * bent,
                pressure: 0.3 + 0.5 * bent,
                tilt_x: None,
                tilt_y: None,
                pointer: Some(Pointer::Touch),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_in_the_cast_passes_the_checks_that_people_pass() {
        let day = Date::from_calendar_date(2026, time::Month::November, 24).unwrap();
        for number in 1..200 {
            for side in 0..3 {
                let person = person((number, side), "PICC".parse().unwrap(), day);
                domain::identifiers::Phone::parse(&person.phone).unwrap();
                let checked = person.details.clone().checked().unwrap();
                assert_eq!(checked, person.details, "already as it is stored");
                assert_eq!(person.details.warnings(), vec![]);
                assert_eq!(person.ink.problem(), None);
            }
        }
    }

    #[test]
    fn the_same_number_is_the_same_person_and_sides_differ() {
        let day = Date::from_calendar_date(2026, time::Month::November, 24).unwrap();
        let of = |number, side| person((number, side), "PICC".parse().unwrap(), day);
        assert_eq!(of(7, 0).details, of(7, 0).details);
        assert_ne!(of(7, 0).details.name, of(7, 1).details.name);
        assert_ne!(of(7, 0).phone, of(7, 1).phone);
        assert_ne!(of(7, 0).colour, of(7, 1).colour);
    }
}
