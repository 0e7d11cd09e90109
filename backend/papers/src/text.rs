//! Lines of text: where they may break (禁则), and how they are spread to the measure.

use crate::fonts::Glyph;

/// A glyph and the extra room after it, in em.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    pub(crate) glyph: Glyph,
    pub(crate) extra: f32,
}

/// Must not begin a line: closing marks, stops and connecting marks (GB/T 15834), units after their number.
const NEVER_FIRST: &str = "、。，．：；！？）】》〉」』〕］｝＞”’…—－·～／％%‰℃°,.:;!?)]}〗々ー";
/// Must not end a line: opening marks, and what belongs to the number after it.
const NEVER_LAST: &str = "（【《〈「『〔［｛＜“‘([{〖￥¥№第";
/// A line is spread to the measure only while each gap grows by less than this, in em.
const GAP_EXTRA_MAX: f32 = 0.35;

pub fn width(glyphs: &[Glyph], size: f32) -> f32 {
    glyphs.iter().map(|glyph| glyph.advance).sum::<f32>() * size
}

/// The length of a line as it is placed.
pub fn reach(line: &[Placed], size: f32) -> f32 {
    let placed = line.iter().map(|placed| placed.glyph.advance + placed.extra);
    placed.sum::<f32>() * size
}

/// Unspread, on one line.
pub fn plain(glyphs: &[Glyph]) -> Vec<Placed> {
    glyphs.iter().map(|&glyph| Placed { glyph, extra: 0.0 }).collect()
}

/// Spread so that `glyphs` fill `measure` exactly, for labels of unequal length.
pub fn spread(glyphs: &[Glyph], size: f32, measure: f32) -> Vec<Placed> {
    let gaps = glyphs.len().saturating_sub(1).max(1) as f32;
    let extra = ((measure - width(glyphs, size)) / gaps / size).max(0.0);
    let last = glyphs.len().saturating_sub(1);
    let place = |(index, &glyph)| Placed {
        glyph,
        extra: if index == last { 0.0 } else { extra },
    };
    glyphs.iter().enumerate().map(place).collect()
}

/// Breaks `glyphs` into lines of at most `measure` points, the first one shorter by `indent`.
///
/// Every line but the last is spread to the measure. A word longer than a line is cut where it must be.
pub fn break_lines(glyphs: &[Glyph], size: f32, measure: f32, indent: f32) -> Vec<Vec<Placed>> {
    let mut lines = Vec::new();
    let mut rest = glyphs;
    loop {
        let room = if lines.is_empty() {
            measure - indent
        } else {
            measure
        };
        let taken = line_length(rest, size, room);
        let (line, tail) = rest.split_at(taken);
        let line = trim_end(line);
        rest = trim_start(tail);
        if rest.is_empty() {
            lines.push(plain(line));
            return lines;
        }
        lines.push(justified(line, size, room));
    }
}

/// How many glyphs go on the line; at least one, so that breaking always ends.
fn line_length(glyphs: &[Glyph], size: f32, room: f32) -> usize {
    let mut used = 0.0;
    let mut last_break = 0;
    for (index, glyph) in glyphs.iter().enumerate() {
        if index > 0 && may_break(glyphs[index - 1].character, glyph.character) {
            last_break = index;
        }
        used += glyph.advance * size;
        if used > room + 0.01 && glyph.character != ' ' {
            return if last_break > 0 { last_break } else { index.max(1) };
        }
    }
    glyphs.len()
}

fn may_break(before: char, after: char) -> bool {
    if after == ' ' || NEVER_FIRST.contains(after) || NEVER_LAST.contains(before) {
        return false;
    }
    before == ' ' || before == '-' || before == '/' || !(is_word(before) && is_word(after))
}

/// Part of a word or number that is read as one.
fn is_word(character: char) -> bool {
    let in_word = matches!(
        character,
        '.' | ',' | ':' | '\'' | '-' | '/' | '_' | '@' | '%' | '?' | '=' | '&'
    );
    in_word || (character.is_alphanumeric() && (character as u32) < 0x2E80)
}

fn justified(line: &[Glyph], size: f32, room: f32) -> Vec<Placed> {
    let stretches = |index: usize| match line.get(index + 1) {
        Some(next) => !(is_word(line[index].character) && is_word(next.character)),
        None => false,
    };
    let gaps = (0..line.len()).filter(|&index| stretches(index)).count();
    let slack = room - width(line, size);
    let extra = if gaps == 0 {
        0.0
    } else {
        slack / gaps as f32 / size
    };
    let extra = if (0.0..GAP_EXTRA_MAX).contains(&extra) {
        extra
    } else {
        0.0
    };
    let place = |(index, &glyph)| Placed {
        glyph,
        extra: if stretches(index) { extra } else { 0.0 },
    };
    line.iter().enumerate().map(place).collect()
}

fn trim_end(glyphs: &[Glyph]) -> &[Glyph] {
    let kept = glyphs
        .iter()
        .rposition(|glyph| glyph.character != ' ')
        .map_or(0, |last| last + 1);
    &glyphs[..kept]
}

fn trim_start(glyphs: &[Glyph]) -> &[Glyph] {
    let first = glyphs
        .iter()
        .position(|glyph| glyph.character != ' ')
        .unwrap_or(glyphs.len());
    &glyphs[first..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, measure: f32) -> Vec<String> {
        let glyph = |character: char| {
            let advance = if character.is_ascii() { 0.5 } else { 1.0 };
            Glyph {
                face: 0,
                id: 1,
                character,
                advance,
            }
        };
        let glyphs: Vec<_> = text.chars().map(glyph).collect();
        let string = |line: Vec<Placed>| line.iter().map(|placed| placed.glyph.character).collect();
        break_lines(&glyphs, 10.0, measure, 0.0)
            .into_iter()
            .map(string)
            .collect()
    }

    #[test]
    fn a_stop_never_begins_a_line() {
        assert_eq!(lines("甲车追尾。乙", 40.0), ["甲车追", "尾。乙"]);
    }

    #[test]
    fn an_opening_bracket_never_ends_a_line() {
        assert_eq!(lines("违反了《法》", 40.0), ["违反了", "《法》"]);
    }

    #[test]
    fn letters_and_digits_of_a_plate_stay_together() {
        assert_eq!(lines("号牌浙DA1234号", 50.0), ["号牌浙", "DA1234号"]);
    }

    #[test]
    fn a_word_longer_than_the_line_is_cut_and_nothing_is_lost() {
        assert_eq!(lines("ABCDEFGH", 20.0), ["ABCD", "EFGH"]);
    }

    #[test]
    fn spaces_at_a_break_are_dropped() {
        assert_eq!(lines("JOHN SMITH", 25.0), ["JOHN", "SMITH"]);
    }

    #[test]
    fn every_line_but_the_last_fills_the_measure() {
        let glyph = |character: char| Glyph {
            face: 0,
            id: 1,
            character,
            advance: 1.0,
        };
        let glyphs: Vec<_> = "甲乙丙丁戊己".chars().map(glyph).collect();
        let lines = break_lines(&glyphs, 10.0, 45.0, 0.0);
        let reach: f32 = lines[0]
            .iter()
            .map(|placed| (placed.glyph.advance + placed.extra) * 10.0)
            .sum();
        assert!((reach - 45.0).abs() < 0.01, "{reach}");
    }
}
