//! Scores of many items, an item in each lane.

use super::super::align::LARGEST;
use super::super::corpus::LONGEST_FOLDER;
use super::lanes::Lanes;
use super::rows::{self, Part};
use super::{Bonuses, Needle, ROWS};

/// Items of a batch: as many as the widest vectors have lanes.
pub(in super::super) const BATCH: usize = 32;

/// Longest name that is scored in lanes.
const LONGEST: usize = 512;

// For what is longer than so many chars times those of the term the model is another.
const _: () = assert!((LONGEST + LONGEST_FOLDER) * ROWS <= LARGEST);

/// Stands behind the end of names that are shorter than others: no ASCII, so it matches nothing.
const END: u8 = 0x80;

/// Items to be scored, and then their scores.
pub(in super::super) struct Batch {
    len: usize,
    /// Length of the longest name.
    columns: usize,
    /// The names, char by char: the first of all, the second of all.
    text: Vec<[u8; BATCH]>,
    before: [u8; BATCH],
    rows: Box<Rows>,
    /// The score of each item, or 0 if it does not match.
    pub(in super::super) scores: [u16; BATCH],
}

/// What is known at some column: see the [module](super).
pub(super) struct Rows {
    pub(super) score: [[u16; BATCH]; ROWS],
    pub(super) chunk: [[u16; BATCH]; ROWS],
    pub(super) open: [[u16; BATCH]; ROWS],
    pub(super) reached: [[u16; BATCH]; ROWS],
    pub(super) best: [u16; BATCH],
}

impl Batch {
    pub(in super::super) fn new() -> Batch {
        let none = [[0; BATCH]; ROWS];
        let rows = Rows { score: none, chunk: none, open: none, reached: none, best: [0; BATCH] };
        Batch {
            len: 0,
            columns: 0,
            text: vec![[END; BATCH]; LONGEST],
            before: [0; BATCH],
            rows: Box::new(rows),
            scores: [0; BATCH],
        }
    }

    /// Whether a name can be in a batch.
    pub(in super::super) fn takes(name: &[u8]) -> bool {
        name.len() <= LONGEST
    }

    /// Empties it.
    pub(in super::super) fn clear(&mut self) {
        self.text[..self.columns].fill([END; BATCH]);
        (self.len, self.columns) = (0, 0);
    }

    /// Adds an item: its name, the byte before that, and what is known at the end of its folder, by rows of the needle.
    /// There is room for it.
    #[inline]
    pub(in super::super) fn push(&mut self, name: &[u8], before: u8, rows: usize, state: &[Part]) {
        let lane = self.len;
        self.columns = self.columns.max(name.len());
        for (column, &byte) in self.text.iter_mut().zip(name) {
            column[lane] = byte;
        }
        self.before[lane] = before;
        let places = state.iter().flat_map(|part| (0..part.score.len()).map(move |at| (part, at)));
        for (row, (part, at)) in places.take(rows).enumerate() {
            self.rows.score[row][lane] = part.score[at];
            self.rows.chunk[row][lane] = part.chunk[at];
            self.rows.open[row][lane] = part.open[at];
            self.rows.reached[row][lane] = part.reached[at];
        }
        self.rows.best[lane] = rows::best(state, rows);
        self.len += 1;
    }
}

/// Class of the column before, as far as it matters.
struct Before<V> {
    /// What any char earns more behind it.
    bonus: V,
    small: V,
    digit: V,
}

struct Column<V> {
    /// The chars as they are compared.
    chars: V,
    bonus: V,
    before: Before<V>,
}

struct Numbers<'b, V> {
    bonuses: &'b Bonuses,
    respect_case: bool,
    zero: V,
    one: V,
    two: V,
    eight: V,
    matched: V,
    white: V,
}

/// # Safety
///
/// The CPU has the instructions of `V`.
#[inline(always)]
unsafe fn column<V: Lanes>(text: V, before: &Before<V>, numbers: &Numbers<'_, V>) -> Column<V> {
    // SAFETY: as promised by the caller.
    unsafe {
        let within = |first: u8, last: u8| {
            let from_first = text.sub(V::splat(first.into()));
            from_first.less(V::splat((last - first).into())).eq(numbers.zero)
        };
        let small = within(b'a', b'z');
        let capital = within(b'A', b'Z');
        let digit = within(b'0', b'9');
        let white = within(b'\t', b'\r').or(text.eq(V::splat(b' '.into())));
        let mut delimiter = numbers.zero;
        for &byte in numbers.bonuses.delimiters {
            delimiter = delimiter.or(text.eq(V::splat(byte.into())));
        }
        let word = small.or(capital).or(digit);
        let not_word = numbers.eight.without(word.or(white));
        let camel = before.small.and(capital).or(digit.without(before.digit));
        let seven = V::splat(super::super::model::CAMEL as u16);
        let bonus = before.bonus.max(camel.and(seven)).max(not_word);
        let for_white = numbers.white.and(white);
        let for_delimiter = V::splat(numbers.bonuses.delimiter.into()).and(delimiter);
        let chars = if numbers.respect_case { text } else { text.add(capital.and(V::splat(32))) };
        Column {
            chars,
            bonus: bonus.without(white).or(for_white),
            before: Before {
                bonus: not_word.without(delimiter).or(for_delimiter).or(for_white),
                small,
                digit,
            },
        }
    }
}

/// Scores the items of a batch.
///
/// # Safety
///
/// The CPU has the instructions of `V`.
#[inline(always)]
pub(super) unsafe fn score<V: Lanes>(batch: &mut Batch, needle: &Needle, bonuses: &Bonuses) {
    use super::super::model;
    const { assert!(BATCH.is_multiple_of(V::N)) };
    let count = needle.bytes.len().min(ROWS);
    for first in (0..batch.len).step_by(V::N) {
        // SAFETY: the caller's promise, and each load and store is of lanes `first` to `first + N`, which are in the arrays
        // as `N` divides their length.
        unsafe {
            let numbers = Numbers {
                bonuses,
                respect_case: needle.respect_case,
                zero: V::splat(0),
                one: V::splat(1),
                two: V::splat(2),
                eight: V::splat(model::NON_WORD as u16),
                matched: V::splat(model::MATCH as u16),
                white: V::splat(bonuses.white.into()),
            };
            let Numbers { zero, one, two, eight, matched, .. } = numbers;
            let four = V::splat(model::CONSECUTIVE as u16);
            let rows = &mut *batch.rows;
            let mut score = [zero; ROWS];
            let mut chunk = [zero; ROWS];
            let mut open = [zero; ROWS];
            let mut reached = [zero; ROWS];
            let mut chars = [zero; ROWS];
            for row in 0..count {
                score[row] = V::load(rows.score[row].as_ptr().add(first));
                chunk[row] = V::load(rows.chunk[row].as_ptr().add(first));
                open[row] = V::load(rows.open[row].as_ptr().add(first));
                reached[row] = V::load(rows.reached[row].as_ptr().add(first));
                chars[row] = V::splat(needle.bytes[row].into());
            }
            let mut best = V::load(rows.best.as_ptr().add(first));
            let nothing = Before { bonus: zero, small: zero, digit: zero };
            let before = V::widen(batch.before.as_ptr().add(first));
            let mut before = column(before, &nothing, &numbers).before;
            for text in &batch.text[..batch.columns] {
                let now = column(V::widen(text.as_ptr().add(first)), &before, &numbers);
                before = now.before;
                let bonus = now.bonus;
                let least = bonus.max(four);
                // What a boundary earns, else 0.
                let boundary = bonus.and(bonus.max(eight).eq(bonus));

                let hit = now.chars.eq(chars[0]);
                let mut above = (score[0], chunk[0], reached[0]);
                let cost = open[0].and(two).add(one);
                let gap = score[0].less(cost).without(hit);
                score[0] = matched.add(bonus).add(bonus).and(hit).or(gap);
                chunk[0] = least.and(hit);
                open[0] = hit;
                reached[0] = reached[0].or(hit);
                for row in 1..count {
                    let old = (score[row], chunk[row], reached[row]);
                    let hit = now.chars.eq(chars[row]).and(above.2);
                    let earned = above.0.add(matched).add(above.1.max(bonus)).and(hit);
                    let cost = open[row].and(two).add(one);
                    let gap = score[row].less(cost);
                    let most = earned.max(gap);
                    let direct = most.eq(earned);
                    let begun = least.and(above.1.eq(zero));
                    score[row] = most;
                    open[row] = direct;
                    chunk[row] = above.1.max(boundary).max(begun).and(direct.and(hit));
                    reached[row] = old.2.or(hit);
                    above = old;
                }
                best = best.max(score[count - 1]);
            }
            best.and(reached[count - 1]).store(batch.scores.as_mut_ptr().add(first));
        }
    }
}
