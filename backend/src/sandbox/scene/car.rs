//! A small car from its side and from its end, in the colour it is painted in.

use super::canvas::{Canvas, Rgb};
use super::shade;

const GLASS: Rgb = [70, 92, 108];
const TYRE: Rgb = [26, 26, 28];
const RIM: Rgb = [176, 178, 182];

pub struct Car {
    pub body: Rgb,
    pub plate: String,
}

impl Car {
    /// Driving to the left: `x` is the front bumper, `ground` under the wheels. Crumpled where it was hit, ahead
    /// or behind.
    pub fn seen_from_the_side(
        &self,
        canvas: &mut Canvas,
        (x, ground, long): (f32, f32, f32),
        (ahead, behind): (bool, bool),
    ) {
        let at = |along: f32, up: f32| (x + along * long, ground - up * long);
        let (nose, tail) = (if ahead { 0.03 } else { 0.0 }, if behind { 0.97 } else { 1.0 });
        canvas.ellipse((x + long / 2.0, ground), (long * 0.5, long * 0.025), [52, 53, 56]);
        let body = [
            at(nose, 0.07),
            at(nose, 0.17),
            at(0.05, 0.215),
            at(0.22, 0.24),
            at(0.36, 0.345),
            at(0.68, 0.35),
            at(0.84, 0.25),
            at(tail, 0.235),
            at(tail, 0.08),
        ];
        canvas.polygon(&body, self.body);
        let low = [at(nose, 0.05), at(nose, 0.10), at(tail, 0.10), at(tail, 0.05)];
        canvas.polygon(&low, self.darker(0.72));
        canvas.polygon(
            &[at(0.27, 0.24), at(0.38, 0.33), at(0.50, 0.333), at(0.50, 0.24)],
            GLASS,
        );
        canvas.polygon(
            &[at(0.52, 0.24), at(0.52, 0.333), at(0.66, 0.335), at(0.78, 0.245)],
            GLASS,
        );
        for door in [0.295, 0.51, 0.72] {
            canvas.line(at(door, 0.10), at(door, 0.24), 0.9, self.darker(0.6));
        }
        for handle in [0.45, 0.66] {
            canvas.line(at(handle, 0.20), at(handle + 0.04, 0.20), 1.6, self.darker(0.5));
        }
        canvas.polygon(
            &[at(nose, 0.15), at(nose, 0.185), at(0.085, 0.20), at(0.075, 0.165)],
            [244, 240, 214],
        );
        canvas.polygon(
            &[at(tail, 0.16), at(tail, 0.225), at(0.945, 0.225), at(0.95, 0.17)],
            [176, 30, 30],
        );
        for wheel in [0.19, 0.80] {
            let (cx, cy) = at(wheel, 0.075);
            canvas.ellipse((cx, cy), (long * 0.088, long * 0.088), self.darker(0.4));
            canvas.ellipse((cx, cy), (long * 0.075, long * 0.075), TYRE);
            canvas.ellipse((cx, cy), (long * 0.043, long * 0.043), RIM);
            canvas.ellipse((cx, cy), (long * 0.012, long * 0.012), TYRE);
        }
        if ahead {
            self.crumpled(canvas, at);
        }
        if behind {
            self.crumpled(canvas, |along, up| at(1.0 - along, up));
        }
    }

    /// Folds of a bumper that met another one.
    fn crumpled(&self, canvas: &mut Canvas, at: impl Fn(f32, f32) -> (f32, f32)) {
        let folds = [
            (0.01, 0.09),
            (0.05, 0.12),
            (0.025, 0.145),
            (0.065, 0.17),
            (0.02, 0.19),
            (0.06, 0.21),
            (0.09, 0.14),
            (0.07, 0.085),
        ];
        let corners: Vec<_> = folds.iter().map(|(along, up)| at(*along, *up)).collect();
        canvas.polygon(&corners, self.darker(0.62));
        for pair in corners.windows(2) {
            canvas.line(pair[0], pair[1], 1.2, self.darker(0.35));
        }
    }

    /// Its front or its rear, as a phone sees it from two steps away.
    pub fn seen_from_the_end(&self, canvas: &mut Canvas, front: bool, shaded: bool) {
        if shaded {
            canvas.ellipse((512.0, 716.0), (440.0, 34.0), [58, 60, 63]);
        }
        for wheel in [150.0, 760.0] {
            canvas.rectangle((wheel, 590.0), (114.0, 126.0), TYRE);
        }
        let cabin = [(230.0, 330.0), (306.0, 128.0), (718.0, 128.0), (794.0, 330.0)];
        canvas.polygon(&cabin, self.darker(0.85));
        canvas.polygon(
            &[(268.0, 318.0), (328.0, 152.0), (696.0, 152.0), (756.0, 318.0)],
            GLASS,
        );
        canvas.polygon(
            &[(300.0, 318.0), (350.0, 152.0), (420.0, 152.0), (380.0, 318.0)],
            [96, 118, 134],
        );
        let body = [
            (118.0, 420.0),
            (150.0, 330.0),
            (874.0, 330.0),
            (906.0, 420.0),
            (912.0, 610.0),
            (112.0, 610.0),
        ];
        canvas.polygon(&body, self.body);
        canvas.polygon(
            &[(112.0, 590.0), (912.0, 590.0), (884.0, 668.0), (140.0, 668.0)],
            self.darker(0.78),
        );
        canvas.line((150.0, 372.0), (874.0, 372.0), 1.4, self.darker(0.6));
        let lamp = if front { [240, 238, 222] } else { [170, 26, 28] };
        for (from, to) in [(128.0, 288.0), (896.0, 736.0)] {
            canvas.polygon(
                &[(from, 404.0), (to, 412.0), (to, 462.0), (from, 478.0)],
                self.darker(0.45),
            );
            let inner = if from < to { 8.0 } else { -8.0 };
            let corners = [
                (from + inner, 412.0),
                (to - inner, 418.0),
                (to - inner, 455.0),
                (from + inner, 469.0),
            ];
            canvas.polygon(&corners, lamp);
        }
        if front {
            canvas.rectangle((330.0, 410.0), (364.0, 62.0), [36, 38, 42]);
            for bar in 0..4_u8 {
                canvas.rectangle(
                    (338.0, 419.0 + f32::from(bar) * 13.0),
                    (348.0, 3.0),
                    [120, 124, 130],
                );
            }
        }
        self.number_plate(canvas, (392.0, 494.0));
    }

    /// 440 by 140 mm, at half the size: white on blue, or black on green for eight characters.
    fn number_plate(&self, canvas: &mut Canvas, (x, y): (f32, f32)) {
        let electric = self.plate.chars().count() == 8;
        let wide = if electric { 250.0 } else { 240.0 };
        let (ground, ink) = if electric {
            ([142, 206, 158], [22, 24, 22])
        } else {
            ([26, 70, 158], [250, 250, 250])
        };
        canvas.rectangle((x - 3.0, y - 3.0), (wide + 6.0, 84.0), ink);
        canvas.rectangle((x, y), (wide, 78.0), ground);
        canvas.words(&self.plate, (x, x + wide, y + 57.0), 50.0, ink);
    }

    fn darker(&self, part: f32) -> Rgb {
        self.body.map(|value| shade(f32::from(value) * part))
    }
}
