//! Pictures of a scene that never was: a street, cars, what broke. Drawn, so that nobody takes them for photos,
//! and complete enough that evidence, assessments and watermarks have something to show.

mod canvas;
mod car;

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};

use self::canvas::{Canvas, Rgb};
use self::car::Car;
use super::cast::{Dice, Person};
use crate::refusal::{AppError, Result};

const WIDTH: u32 = 1024;
const HEIGHT: u32 = 768;
const QUALITY: u8 = 84;
/// Where the near lane's wheels stand.
const GROUND: f32 = 585.0;

/// How the vehicles met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    RearEnd,
    SideBySide,
    ThreeInARow,
}

/// JPEG files.
pub struct Picture {
    pub overview: Vec<u8>,
    /// One for each vehicle, 甲's first.
    pub damage: Vec<Vec<u8>>,
}

/// Draws a story's pictures, away from the threads that answer.
///
/// # Errors
/// Only our own.
pub async fn draw(view: View, people: &[Person], dice: Dice) -> Result<Picture> {
    let people = people.to_vec();
    let drawing = tokio::task::spawn_blocking(move || drawn(view, &people, dice));
    drawing
        .await
        .map_err(|error| AppError::Inconsistent(format!("a picture ended early: {error}")))?
}

fn drawn(view: View, people: &[Person], mut dice: Dice) -> Result<Picture> {
    let overview = jpeg(&overview(view, people, &mut dice))?;
    let damage = people
        .iter()
        .enumerate()
        .map(|(index, person)| jpeg(&damage(view, (index, people.len()), person, &mut dice)));
    Ok(Picture {
        overview,
        damage: damage.collect::<Result<_>>()?,
    })
}

fn jpeg(canvas: &Canvas) -> Result<Vec<u8>> {
    let mut file = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut file, QUALITY)
        .write_image(canvas.bytes(), WIDTH, HEIGHT, ExtendedColorType::Rgb8)
        .map_err(|error| AppError::Inconsistent(format!("a picture could not be written: {error}")))?;
    Ok(file.into_inner())
}

/// The whole scene from the kerb: everybody drives to the left.
fn overview(view: View, people: &[Person], dice: &mut Dice) -> Canvas {
    let mut canvas = street(dice);
    let cars = people.iter().map(|person| Car {
        body: person.colour,
        plate: plate_of(person),
    });
    let cars: Vec<Car> = cars.collect();
    match view {
        View::RearEnd | View::ThreeInARow => {
            // Whoever was hit first stands furthest ahead; 甲 is last.
            let long = if cars.len() > 2 { 292.0 } else { 350.0 };
            let whole = long * count(cars.len());
            let left = (f32(WIDTH) - whole) / 2.0;
            for (place, car) in cars.iter().rev().enumerate() {
                let x = left + count(place) * (long - 9.0);
                let (hit_ahead, hit_behind) = (place > 0, place + 1 < cars.len());
                car.seen_from_the_side(&mut canvas, (x, GROUND, long), (hit_ahead, hit_behind));
            }
            let touched: Vec<f32> = (1..cars.len())
                .map(|place| left + count(place) * (long - 9.0))
                .collect();
            for x in touched {
                debris(&mut canvas, (x, GROUND + 8.0), dice);
            }
            triangle(&mut canvas, (left + whole + 46.0, GROUND + 10.0));
        }
        View::SideBySide => {
            let long = 380.0;
            for (index, car) in cars.iter().rev().enumerate() {
                let (x, y) = (190.0 + count(index) * 190.0, GROUND - 48.0 + count(index) * 62.0);
                car.seen_from_the_side(&mut canvas, (x, y, long), (false, false));
            }
            scratches(&mut canvas, (400.0, GROUND - 72.0), 200.0, dice);
            debris(&mut canvas, (420.0, GROUND + 22.0), dice);
        }
    }
    canvas
}

/// Sky, hills, houses, trees and a road with its lines.
fn street(dice: &mut Dice) -> Canvas {
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    let wide = f32(WIDTH);
    canvas.gradient((0.0, 380.0), [172, 204, 232], [232, 238, 240]);
    let mut hill = vec![(0.0, 380.0)];
    for step in 0..9_u8 {
        let x = f32::from(step) * wide / 8.0;
        hill.push((x, 250.0 + chance(dice, -34.0, 44.0)));
    }
    hill.push((wide, 380.0));
    canvas.polygon(&hill, [150, 176, 160]);
    let mut x = -20.0;
    while x < wide {
        let (house, tall) = (chance(dice, 90.0, 170.0), chance(dice, 70.0, 190.0));
        let grey = shade(chance(dice, 188.0, 226.0));
        canvas.rectangle(
            (x, 380.0 - tall),
            (house, tall),
            [grey, grey, grey.saturating_sub(8)],
        );
        let mut floor = 380.0 - tall + 14.0;
        while floor < 362.0 {
            let mut window = x + 10.0;
            while window < x + house - 18.0 {
                canvas.rectangle((window, floor), (13.0, 15.0), [122, 146, 166]);
                window += 25.0;
            }
            floor += 30.0;
        }
        x += house + chance(dice, 4.0, 26.0);
    }
    canvas.rectangle((0.0, 376.0), (wide, 22.0), [134, 152, 112]);
    for place in 0..7_u8 {
        let x = 40.0 + f32::from(place) * 156.0 + chance(dice, -30.0, 30.0);
        canvas.rectangle((x - 4.0, 356.0), (8.0, 46.0), [104, 82, 60]);
        canvas.ellipse((x, 342.0), (34.0, 40.0), [86, 128, 78]);
        canvas.ellipse((x - 9.0, 332.0), (22.0, 24.0), [104, 148, 92]);
    }
    canvas.rectangle((0.0, 396.0), (wide, 26.0), [198, 194, 184]);
    canvas.rectangle((0.0, 420.0), (wide, 7.0), [224, 222, 214]);
    canvas.gradient((427.0, f32(HEIGHT)), [98, 100, 104], [72, 74, 78]);
    let mut dash = -30.0;
    while dash < wide {
        canvas.polygon(
            &[
                (dash, 470.0),
                (dash + 74.0, 470.0),
                (dash + 70.0, 477.0),
                (dash - 5.0, 477.0),
            ],
            [226, 226, 220],
        );
        dash += 150.0;
    }
    canvas.rectangle((0.0, 716.0), (wide, 9.0), [214, 186, 70]);
    canvas.rectangle((0.0, 732.0), (wide, 9.0), [214, 186, 70]);
    canvas
}

/// What fell off.
fn debris(canvas: &mut Canvas, (x, y): (f32, f32), dice: &mut Dice) {
    for _ in 0..22 {
        let at = (x + chance(dice, -46.0, 46.0), y + chance(dice, -4.0, 22.0));
        let size = chance(dice, 2.0, 7.0);
        let grey = shade(chance(dice, 30.0, 210.0));
        let piece = [
            at,
            (at.0 + size, at.1 + 1.0),
            (at.0 + size * 0.4, at.1 - size * 0.6),
        ];
        canvas.polygon(&piece, [grey, grey, grey]);
    }
}

fn scratches(canvas: &mut Canvas, (x, y): (f32, f32), long: f32, dice: &mut Dice) {
    for _ in 0..9 {
        let (from, rise) = (y + chance(dice, -14.0, 16.0), chance(dice, -9.0, 9.0));
        let begins = x + chance(dice, 0.0, long * 0.3);
        canvas.line(
            (begins, from),
            (begins + long * 0.7, from + rise),
            1.6,
            [236, 234, 228],
        );
    }
}

/// 三角警告牌
fn triangle(canvas: &mut Canvas, (x, y): (f32, f32)) {
    canvas.polygon(&[(x, y - 50.0), (x + 29.0, y), (x - 29.0, y)], [206, 44, 36]);
    canvas.polygon(
        &[(x, y - 34.0), (x + 16.0, y - 8.0), (x - 16.0, y - 8.0)],
        [98, 100, 104],
    );
    canvas.rectangle((x - 32.0, y), (64.0, 4.0), [40, 40, 42]);
}

/// One vehicle from near by, with what is broken and its plate.
fn damage(view: View, (index, of): (usize, usize), person: &Person, dice: &mut Dice) -> Canvas {
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    canvas.gradient((0.0, f32(HEIGHT)), [176, 182, 186], [84, 86, 90]);
    let car = Car {
        body: person.colour,
        plate: plate_of(person),
    };
    // 甲 drove into somebody with its front; the others were hit from behind.
    let front = index == 0 && view != View::SideBySide;
    car.seen_from_the_end(&mut canvas, front, of > 0);
    let centre = match view {
        View::SideBySide => (214.0, 520.0),
        View::RearEnd | View::ThreeInARow => (268.0, 586.0),
    };
    dent(&mut canvas, centre, person.colour, dice);
    scratches(&mut canvas, (centre.0 - 70.0, centre.1 + 8.0), 130.0, dice);
    canvas
}

/// Pressed in: darker towards the middle, with cracks outwards.
fn dent(canvas: &mut Canvas, (x, y): (f32, f32), body: Rgb, dice: &mut Dice) {
    for ring in 0..9_u8 {
        let ring = f32::from(ring);
        let darker = body.map(|part| shade(f32::from(part) * (0.95 - ring * 0.06)));
        let size = (122.0 - ring * 11.0, 66.0 - ring * 6.0);
        canvas.ellipse((x + ring * 2.0, y + ring * 1.5), size, darker);
    }
    for _ in 0..13 {
        let (mut at, turn) = ((x, y), chance(dice, 0.0, std::f32::consts::TAU));
        for _ in 0..4 {
            let (step, bend) = (chance(dice, 14.0, 40.0), turn + chance(dice, -0.5, 0.5));
            let to = (at.0 + step * bend.cos(), at.1 + step * bend.sin() * 0.6);
            canvas.line(at, to, 1.8, [34, 34, 36]);
            at = to;
        }
    }
}

fn plate_of(person: &Person) -> String {
    let vehicle = person.details.vehicle.as_ref();
    vehicle.map(|vehicle| vehicle.plate.clone()).unwrap_or_default()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "pixels need no more than an f32 holds"
)]
fn chance(dice: &mut Dice, low: f32, high: f32) -> f32 {
    dice.between(f64::from(low), f64::from(high)) as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast to u8 ends at its ends"
)]
fn shade(value: f32) -> u8 {
    value as u8
}

#[expect(clippy::cast_precision_loss, reason = "pixels and vehicles are few")]
fn f32(value: u32) -> f32 {
    value as f32
}

fn count(value: usize) -> f32 {
    f32(u32::try_from(value).unwrap_or(0))
}
