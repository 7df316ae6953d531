//! Finds the best match of a term in a text and scores it: fzf's algorithms, on code points.

use crate::fuzzy::fzf::bonus::*;
use crate::fuzzy::fzf::chars::{Class, base, code, fold, is_mark, is_white};
use crate::fuzzy::fzf::query::{Kind, Term};
use crate::memory::{self, NoMemory, must};
use bstr::ByteSlice;

/// The characters of a text in the form in which a term compares them.
#[derive(Debug, Default)]
pub struct View {
    /// Code point of each character, folded as the options require.
    codes: Vec<u32>,
    classes: Vec<Class>,
    /// Byte offset of each character in the text.
    pub starts: Vec<u32>,
}

impl View {
    /// Reads a text. Unless `respect_case` is set, case is folded. If `normalize` is set, accents are removed, and a
    /// combining mark belongs to the character before it.
    pub fn read(
        &mut self,
        text: &[u8],
        model: &Model,
        respect_case: bool,
        normalize: bool,
    ) -> Result<(), NoMemory> {
        self.codes.clear();
        self.classes.clear();
        self.starts.clear();
        memory::reserve(&mut self.codes, text.len())?;
        memory::reserve(&mut self.classes, text.len())?;
        memory::reserve(&mut self.starts, text.len())?;
        // In ASCII every byte is a character without an accent.
        let ascii = text.find_non_ascii_byte().unwrap_or(text.len());
        let (plain, mut at) = (&text[..ascii], ascii);
        self.classes.extend(plain.iter().map(|&byte| model.class(byte.into())));
        self.starts.extend(0..ascii as u32);
        if respect_case {
            self.codes.extend(plain.iter().map(|&byte| u32::from(byte)));
        } else {
            self.codes.extend(plain.iter().map(|byte| u32::from(byte.to_ascii_lowercase())));
        }
        while at < text.len() {
            let (mut code, len) = code(text, at);
            if !(normalize && is_mark(code) && at > 0) {
                self.classes.push(model.class(code));
                if normalize {
                    code = base(code);
                }
                self.codes.push(if respect_case { code } else { fold(code) });
                self.starts.push(at as u32);
            }
            at += len;
        }
        Ok(())
    }

    /// Returns the bytes that the view holds.
    pub fn memory_usage(&self) -> usize {
        self.codes.capacity() * (2 * size_of::<u32>() + 1)
    }

    fn len(&self) -> usize {
        self.codes.len()
    }

    /// Returns the bonus of the character at `at`.
    fn bonus(&self, model: &Model, at: usize) -> i32 {
        model.bonus(at.checked_sub(1).map(|before| self.classes[before]), self.classes[at])
    }

    fn leading_white(&self) -> usize {
        self.classes.iter().take_while(|&&class| class == Class::White).count()
    }

    fn trailing_white(&self) -> usize {
        self.classes.iter().rev().take_while(|&&class| class == Class::White).count()
    }
}

/// A match: its score, and the number of characters of the term that it lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    pub score: i32,
    pub typos: u8,
}

/// If the product of the lengths of text and term exceeds this, the match is greedy, as the best match would need that
/// much time and memory. So is the match of a term of more than [`MAX_TERM_CHARS`] characters. Both are as in fzf.
pub(in crate::fuzzy) const LARGEST: usize = 100 << 10;
const MAX_TERM_CHARS: usize = 1000;

/// Working memory of alignments.
#[derive(Debug, Default)]
pub struct Aligner {
    /// The first possible place of each character of the term.
    first: Vec<usize>,
    bonus: Vec<i32>,
    /// Best score of the term up to a character (row) in the text up to a character (column).
    score: Vec<i32>,
    /// For the same row and column, the number of consecutive matched characters that end there.
    together: Vec<u32>,
    reach: Vec<usize>,
    reduced: Vec<u32>,
}

impl Aligner {
    /// Returns the bytes that it holds.
    pub fn memory_usage(&self) -> usize {
        self.score.capacity() * 2 * size_of::<u32>() + self.reach.capacity() * size_of::<usize>()
    }

    /// Returns the best match of `term`, and appends the places of its characters to `positions`, in no order.
    pub fn find(
        &mut self,
        model: &Model,
        view: &View,
        term: &Term,
        mut positions: Option<&mut Vec<u32>>,
    ) -> Option<Match> {
        let chars = &term.chars[..];
        if term.kind == Kind::Fuzzy {
            if let Some(score) = self.fuzzy(model, view, chars, positions.as_deref_mut()) {
                return Some(Match { score, typos: 0 });
            }
            if term.typos == 0 || is_large(view, chars) {
                return None;
            }
            let mut reduced = std::mem::take(&mut self.reduced);
            let typos = self.reduce(view, chars, term.typos, &mut reduced);
            let found = typos.and_then(|typos| {
                let score = self.fuzzy(model, view, &reduced, positions)?;
                Some(Match { score, typos })
            });
            self.reduced = reduced;
            return found;
        }
        let (start, score) = match term.kind {
            Kind::Exact | Kind::Word => exact(model, view, term)?,
            _ => anchored(model, view, term)?,
        };
        if let Some(positions) = positions {
            positions.extend(start as u32..(start + chars.len()) as u32);
        }
        Some(Match { score, typos: 0 })
    }

    fn fuzzy(
        &mut self,
        model: &Model,
        view: &View,
        chars: &[u32],
        positions: Option<&mut Vec<u32>>,
    ) -> Option<i32> {
        if is_large(view, chars) {
            let (start, stop) = shortest(view, chars)?;
            return Some(span(model, view, chars, start, stop, positions));
        }
        self.first.clear();
        let mut at = 0;
        for &c in chars {
            at += view.codes[at..].iter().position(|&code| code == c)?;
            self.first.push(at);
            at += 1;
        }
        if let [c] = *chars {
            return Some(single(model, view, c, positions));
        }
        Some(self.best(model, view, chars, positions))
    }

    /// Returns the score of the best match of all characters in order, given that there is one. Rows of the matrix are
    /// characters of the term; columns are characters of the text from the first match to the last.
    fn best(
        &mut self,
        model: &Model,
        view: &View,
        chars: &[u32],
        positions: Option<&mut Vec<u32>>,
    ) -> i32 {
        let (rows, from) = (chars.len(), self.first[0]);
        let last = chars[rows - 1];
        let until = view
            .codes
            .iter()
            .rposition(|&code| code == last)
            .expect("the last character was found")
            + 1;
        let width = until - from;
        let codes = &view.codes[from..until];
        self.bonus.clear();
        must(memory::reserve(&mut self.bonus, width));
        self.bonus.extend((from..until).map(|at| view.bonus(model, at)));
        self.score.clear();
        must(memory::reserve(&mut self.score, rows * width));
        self.score.resize(rows * width, 0);
        self.together.clear();
        must(memory::reserve(&mut self.together, rows * width));
        self.together.resize(rows * width, 0);

        let (mut best, mut best_at) = (0, 0);
        for (row, &c) in chars.iter().enumerate() {
            let mut in_gap = false;
            let mut left = 0;
            for (column, &code) in codes.iter().enumerate().skip(self.first[row] - from) {
                let gap = left + if in_gap { GAP_EXTENSION } else { GAP_START };
                let (mut hit, mut together) = (0, 0);
                if code == c {
                    let own = self.bonus[column];
                    if row == 0 {
                        (hit, together) = (MATCH + own * FIRST, 1);
                    } else {
                        let diagonal = (row - 1) * width + column - 1;
                        (hit, together) =
                            (self.score[diagonal] + MATCH, self.together[diagonal] + 1);
                        let mut bonus = own;
                        if together > 1 {
                            let chunk = self.bonus[column + 1 - together as usize];
                            if own >= BOUNDARY && own > chunk {
                                together = 1;
                            } else {
                                bonus = own.max(CONSECUTIVE).max(chunk);
                            }
                        }
                        if hit + bonus < gap {
                            (hit, together) = (hit + own, 0);
                        } else {
                            hit += bonus;
                        }
                    }
                }
                // In the first row every match begins anew, however good the score before it.
                in_gap = if row == 0 { together == 0 } else { hit < gap };
                left = if row == 0 && together == 1 { hit } else { hit.max(gap).max(0) };
                if row == rows - 1 && left > best {
                    (best, best_at) = (left, column);
                }
                self.score[row * width + column] = left;
                self.together[row * width + column] = together;
            }
        }
        if let Some(positions) = positions {
            self.trace(width, from, best_at, positions);
        }
        best
    }

    /// Walks back through the matrix from the best score, and notes the places of matched characters.
    fn trace(&self, width: usize, from: usize, best_at: usize, positions: &mut Vec<u32>) {
        let (mut row, mut column) = (self.first.len() - 1, best_at);
        let at = |row: usize, column: usize| row * width + column;
        // Of two ways with equal scores: whether to take the one that matches here.
        let mut prefer = true;
        loop {
            let first = self.first[row] - from;
            let score = self.score[at(row, column)];
            let diagonal = match row {
                1.. if column >= first => self.score[at(row - 1, column - 1)],
                _ => 0,
            };
            let left = if column > first { self.score[at(row, column - 1)] } else { 0 };
            let here = row;
            if score > diagonal && (score > left || score == left && prefer) {
                positions.push((from + column) as u32);
                if row == 0 {
                    return;
                }
                row -= 1;
            }
            prefer = self.together[at(here, column)] > 1
                || here + 1 < self.first.len()
                    && column + 1 < width
                    && self.together[at(here + 1, column + 1)] > 0;
            column -= 1;
        }
    }

    /// Writes the term with as few characters removed as let the rest match into `reduced`, and returns their number, or
    /// none if it exceeds `most`. Of several choices, the one whose rest ends earliest in the text is taken.
    fn reduce(
        &mut self,
        view: &View,
        chars: &[u32],
        most: u8,
        reduced: &mut Vec<u32>,
    ) -> Option<u8> {
        const NEVER: usize = usize::MAX;
        let columns = chars.len() + 1;
        let next = |from: usize, c: u32| match view.codes.get(from..) {
            Some(rest) => rest.iter().position(|&code| code == c).map_or(NEVER, |at| from + at + 1),
            None => NEVER,
        };
        // The length of text needed to match the first characters of the term with some of them removed, or `NEVER`.
        let reach = &mut self.reach;
        reach.clear();
        reach.resize(columns * (usize::from(most) + 1), NEVER);
        reach[0] = 0;
        for typos in 0..=usize::from(most) {
            for (at, &c) in chars.iter().enumerate() {
                let kept = next(reach[typos * columns + at], c);
                let dropped = if typos > 0 { reach[(typos - 1) * columns + at] } else { NEVER };
                reach[typos * columns + at + 1] = kept.min(dropped);
            }
        }
        let found =
            (0..=usize::from(most)).find(|typos| reach[(typos + 1) * columns - 1] != NEVER)?;
        let mut typos = found;
        reduced.clear();
        for (at, &c) in chars.iter().enumerate().rev() {
            let here = reach[typos * columns + at + 1];
            if next(reach[typos * columns + at], c) == here {
                reduced.push(c);
            } else {
                typos -= 1;
            }
        }
        reduced.reverse();
        Some(found as u8)
    }
}

/// Returns true if `term`, fuzzy and without typos, certainly does not match `text`. It looks at bytes only: for ASCII
/// terms and texts the answer is exact, otherwise it is false.
pub fn is_hopeless(text: &[u8], term: &Term) -> bool {
    if term.kind != Kind::Fuzzy || term.typos > 0 || term.chars.iter().any(|&code| code >= 0x80) {
        return false;
    }
    let mut rest = text;
    let missing = |&code: &u32| {
        let byte = code as u8;
        let at = match byte {
            b'a'..=b'z' if !term.respect_case => {
                memchr::memchr2(byte, byte.to_ascii_uppercase(), rest)
            }
            _ => memchr::memchr(byte, rest),
        };
        rest = &rest[at.map_or(rest.len(), |at| at + 1)..];
        at.is_none()
    };
    term.chars.iter().any(missing) && text.is_ascii()
}

fn is_large(view: &View, chars: &[u32]) -> bool {
    chars.len() > MAX_TERM_CHARS || view.len().saturating_mul(chars.len()) > LARGEST
}

/// Returns the score of the best place of a one-character term, given that there is one.
fn single(model: &Model, view: &View, c: u32, positions: Option<&mut Vec<u32>>) -> i32 {
    let (mut best, mut best_at) = (-1, 0);
    for (at, _) in view.codes.iter().enumerate().filter(|&(_, &code)| code == c) {
        let bonus = view.bonus(model, at);
        if bonus > best {
            (best, best_at) = (bonus, at);
        }
    }
    if let Some(positions) = positions {
        positions.push(best_at as u32);
    }
    MATCH + best * FIRST
}

/// Returns the first span of text with all characters in order, shortened from its start as far as possible.
fn shortest(view: &View, chars: &[u32]) -> Option<(usize, usize)> {
    let mut stop = 0;
    for &c in chars {
        stop += view.codes[stop..].iter().position(|&code| code == c)? + 1;
    }
    let mut start = stop;
    for &c in chars.iter().rev() {
        start = view.codes[..start].iter().rposition(|&code| code == c)?;
    }
    Some((start, stop))
}

/// Returns the score of matching all characters within a span of the text, each as early as possible.
fn span(
    model: &Model,
    view: &View,
    chars: &[u32],
    start: usize,
    stop: usize,
    mut positions: Option<&mut Vec<u32>>,
) -> i32 {
    let (mut row, mut score, mut chunk) = (0, 0, None);
    let mut in_gap = false;
    for at in start..stop {
        if row < chars.len() && view.codes[at] == chars[row] {
            let own = view.bonus(model, at);
            let first = match chunk {
                Some(first) if own >= BOUNDARY && own > first => own,
                Some(first) => first,
                None => own,
            };
            let bonus = if chunk.is_some() { own.max(first).max(CONSECUTIVE) } else { own };
            chunk = Some(first);
            score += MATCH + if row == 0 { bonus * FIRST } else { bonus };
            in_gap = false;
            row += 1;
            if let Some(positions) = &mut positions {
                positions.push(at as u32);
            }
        } else {
            score += if in_gap { GAP_EXTENSION } else { GAP_START };
            in_gap = true;
            chunk = None;
        }
    }
    score.max(0)
}

/// Returns the place and score of an exact term: the first place at the beginning of a word, otherwise the place whose
/// first character has the highest bonus.
fn exact(model: &Model, view: &View, term: &Term) -> Option<(usize, i32)> {
    let (chars, word) = (&term.chars[..], term.kind == Kind::Word);
    let white = |at: usize| if at == 0 { model.white() } else { view.bonus(model, at) };
    let apart = |at: usize| view.classes.get(at).is_none_or(|&class| class <= Class::Delimiter);
    let mut best: Option<(usize, i32)> = None;
    for start in term.places(&view.codes) {
        let bonus = white(start);
        let stop = start + chars.len();
        let alone = || (start == 0 || apart(start - 1)) && apart(stop);
        if word && !(bonus >= BOUNDARY && alone()) {
            continue;
        }
        if best.is_none_or(|(_, most)| bonus > most) {
            best = Some((start, bonus));
        }
        if bonus >= BOUNDARY {
            break;
        }
    }
    let (start, bonus) = best?;
    let stop = start + chars.len();
    if !word {
        return Some((start, span(model, view, chars, start, stop, None)));
    }
    // A word next to an underscore gets a lower score.
    let underscore = |at: Option<usize>| {
        at.and_then(|at| view.codes.get(at)).is_some_and(|&code| code == u32::from(b'_'))
    };
    let (mut score, mut less) = (bonus, bonus - BOUNDARY + 1);
    if underscore(start.checked_sub(1)) {
        score -= less + 1;
        less = 1;
    }
    if underscore(Some(stop)) {
        score -= less;
    }
    let len = chars.len() as i32;
    Some((start, score + MATCH * len + model.white() * (len + 1)))
}

/// Returns the place and score of a term that is bound to the beginning of a text, to its end, or to both.
fn anchored(model: &Model, view: &View, term: &Term) -> Option<(usize, i32)> {
    let chars = &term.chars[..];
    let leading = if is_white(chars[0]) { 0 } else { view.leading_white() };
    let trailing = if is_white(chars[chars.len() - 1]) { 0 } else { view.trailing_white() };
    let start = match term.kind {
        Kind::Prefix => leading,
        Kind::Suffix => (view.len() - trailing).checked_sub(chars.len())?,
        _ if (leading + chars.len() + trailing) == view.len() => leading,
        _ => return None,
    };
    let stop = start + chars.len();
    if view.codes.get(start..stop)? != chars {
        return None;
    }
    let score = match term.kind {
        Kind::Equal => (MATCH + model.white()) * chars.len() as i32 + (FIRST - 1) * model.white(),
        _ => span(model, view, chars, start, stop, None),
    };
    Some((start, score))
}
