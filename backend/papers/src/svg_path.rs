//! The `d` of an SVG path as outlines. Elliptical arcs are refused: drawing programs write them as curves on
//! request, and no letter needs them.

use crate::draw::{At, Path, Step, at};

/// # Errors
/// What is wrong with the data, as the end of a sentence.
pub fn parse(data: &str) -> Result<Vec<Path>, String> {
    let mut pen = Pen::default();
    let mut rest = Numbers(data);
    while let Some(command) = rest.command()? {
        if command == 'A' || command == 'a' {
            return Err("an arc is left in the path: convert it to curves".to_owned());
        }
        let mut first = true;
        // Numbers that go on after a command repeat it.
        while first || (!matches!(command, 'Z' | 'z') && rest.another()) {
            pen.go(command, first, &mut rest)?;
            first = false;
        }
    }
    pen.paths.retain(|path| !path.steps.is_empty());
    Ok(pen.paths)
}

struct Pen {
    paths: Vec<Path>,
    here: At,
    /// The control point that `S` and `T` reflect, with the command that left it.
    control: Option<(char, At)>,
}

impl Default for Pen {
    fn default() -> Self {
        Self {
            paths: Vec::new(),
            here: at(0.0, 0.0),
            control: None,
        }
    }
}

impl Pen {
    fn go(&mut self, command: char, first: bool, rest: &mut Numbers) -> Result<(), String> {
        let from = self.here;
        let base = if command.is_ascii_lowercase() {
            from
        } else {
            at(0.0, 0.0)
        };
        let kind = command.to_ascii_uppercase();
        let mut control = None;
        match kind {
            'M' if first => {
                self.here = rest.point(base)?;
                self.begin(self.here);
            }
            'M' | 'L' => {
                let to = rest.point(base)?;
                self.step(Step::Line(to), to)?;
            }
            'H' => {
                let to = at(base.x + rest.number()?, from.y);
                self.step(Step::Line(to), to)?;
            }
            'V' => {
                let to = at(from.x, base.y + rest.number()?);
                self.step(Step::Line(to), to)?;
            }
            'C' | 'S' => {
                let a = if kind == 'C' {
                    rest.point(base)?
                } else {
                    self.reflected('C')
                };
                let (b, to) = (rest.point(base)?, rest.point(base)?);
                control = Some(('C', b));
                self.step(Step::Curve(a, b, to), to)?;
            }
            'Q' | 'T' => {
                let middle = if kind == 'Q' {
                    rest.point(base)?
                } else {
                    self.reflected('Q')
                };
                let to = rest.point(base)?;
                control = Some(('Q', middle));
                let third = |end: At| {
                    at(
                        end.x + (middle.x - end.x) * 2.0 / 3.0,
                        end.y + (middle.y - end.y) * 2.0 / 3.0,
                    )
                };
                self.step(Step::Curve(third(from), third(to), to), to)?;
            }
            'Z' => {
                // Outlines are closed anyway; what follows without an M begins where this one began.
                if let Some(path) = self.paths.last() {
                    self.here = path.start;
                    self.begin(self.here);
                }
            }
            other => return Err(format!("{other:?} is no command of a path")),
        }
        self.control = control;
        Ok(())
    }

    fn begin(&mut self, start: At) {
        self.paths.push(Path {
            start,
            steps: Vec::new(),
        });
    }

    fn step(&mut self, step: Step, to: At) -> Result<(), String> {
        let path = self.paths.last_mut().ok_or("the path does not begin with M")?;
        path.steps.push(step);
        self.here = to;
        Ok(())
    }

    fn reflected(&self, of: char) -> At {
        match self.control {
            Some((kind, control)) if kind == of => {
                at(2.0 * self.here.x - control.x, 2.0 * self.here.y - control.y)
            }
            _ => self.here,
        }
    }
}

struct Numbers<'t>(&'t str);

impl Numbers<'_> {
    fn skip(&mut self) {
        self.0 = self
            .0
            .trim_start_matches(|c: char| c == ',' || c.is_ascii_whitespace());
    }

    fn command(&mut self) -> Result<Option<char>, String> {
        self.skip();
        let Some(command) = self.0.chars().next() else {
            return Ok(None);
        };
        if !command.is_ascii_alphabetic() {
            return Err(format!("{command:?} stands where a command should"));
        }
        self.0 = &self.0[1..];
        Ok(Some(command))
    }

    fn another(&mut self) -> bool {
        self.skip();
        self.0
            .starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'))
    }

    fn point(&mut self, base: At) -> Result<At, String> {
        let (x, y) = (self.number()?, self.number()?);
        Ok(at(base.x + x, base.y + y))
    }

    /// `1.5.5-2e3` are three numbers.
    fn number(&mut self) -> Result<f32, String> {
        self.skip();
        let (mut dot, mut exponent, mut before) = (false, false, ' ');
        let mut end = self.0.len();
        for (index, character) in self.0.char_indices() {
            let goes_on = match character {
                '0'..='9' => true,
                '+' | '-' => index == 0 || matches!(before, 'e' | 'E'),
                '.' => !dot && !exponent,
                'e' | 'E' => !exponent && index > 0,
                _ => false,
            };
            if !goes_on {
                end = index;
                break;
            }
            dot |= character == '.';
            exponent |= matches!(character, 'e' | 'E');
            before = character;
        }
        let (number, rest) = self.0.split_at(end);
        self.0 = rest;
        let value = number.parse().ok().filter(|value: &f32| value.is_finite());
        value.ok_or_else(|| "a number is missing in the path".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_and_absolute_commands_draw_the_same() {
        let absolute = parse("M10 10 H30 V30 H10 Z M12 12 L14 12 L14 14Z").unwrap();
        let relative = parse("m10,10h20v20h-20zm2 2l2 0l0 2z").unwrap();
        assert_eq!(absolute, relative);
        assert_eq!(absolute.len(), 2);
    }

    #[test]
    fn numbers_may_touch_and_repeat_their_command() {
        assert_eq!(
            parse("M.5.5-1e1-1 2 3").unwrap(),
            parse("M 0.5 0.5 L -10 -1 L 2 3").unwrap()
        );
    }

    #[test]
    fn smooth_curves_reflect_the_control_point_before() {
        assert_eq!(
            parse("M0 0C0 1 1 1 1 0S2-1 2 0").unwrap(),
            parse("M0 0C0 1 1 1 1 0C1-1 2-1 2 0").unwrap()
        );
        assert_eq!(
            parse("M0 0Q1 1 2 0T4 0").unwrap(),
            parse("M0 0Q1 1 2 0Q3-1 4 0").unwrap()
        );
    }

    #[test]
    fn broken_data_is_refused() {
        for (data, expected) in [
            ("L1 1", "begin with M"),
            ("M1", "number is missing"),
            ("M1 1 A1 1 0 0 0 2 2", "arc"),
            ("M1 1 X", "no command"),
            ("1 1", "should"),
        ] {
            let problem = parse(data).unwrap_err();
            assert!(problem.contains(expected), "{problem}");
        }
    }
}
