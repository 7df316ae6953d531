//! Scores a batch of items, one item in each lane.

use crate::fuzzy::corpus::{Block, MAX_DIR_BYTES};
use crate::fuzzy::fzf::align::LARGEST;
use crate::fuzzy::kernel::bonuses::Bonuses;
use crate::fuzzy::kernel::lanes::{BATCH, Lanes, PART};
use crate::fuzzy::kernel::needle::{Needle, ROWS};
use crate::fuzzy::kernel::needle_state::{self, Part};
use crate::fuzzy::kernel::transpose;
use crate::memory::{self, must};

/// Maximum length of a name that kernels score.
const MAX_NAME_BYTES: usize = 512;

// Above this product of lengths, items are scored greedily, which kernels do not do.
const _: () = assert!((MAX_NAME_BYTES + MAX_DIR_BYTES) * ROWS <= LARGEST);

/// The names of items to be scored.
#[derive(Default)]
pub(in crate::fuzzy) struct Batch {
    len: usize,
    /// Length of the longest name.
    columns: usize,
    /// The names in columns: the first characters of all names, then the second ones, and so on.
    text: Vec<[u8; BATCH]>,
    /// The byte before each name.
    before: [u8; BATCH],
}

impl Batch {
    /// Returns whether a name is short enough for a batch.
    pub(in crate::fuzzy) fn takes(name: &[u8]) -> bool {
        name.len() <= MAX_NAME_BYTES
    }

    /// Replaces the contents with the names of at most [`BATCH`] items, by their blocks and their places there, and the
    /// byte before each name. Each name must be [short enough](Batch::takes).
    pub(in crate::fuzzy) fn read<'b>(
        &mut self,
        names: impl ExactSizeIterator<Item = (&'b Block, usize)>,
        before: impl Iterator<Item = u8>,
    ) {
        self.len = names.len();
        self.before.iter_mut().zip(before).for_each(|(to, byte)| *to = byte);
        self.columns = transpose::names(names, &mut self.text);
    }
}

/// The states of a needle before each name of a batch, and the scores computed from them.
pub(in crate::fuzzy) struct Rows {
    len: usize,
    states: Vec<Part>,
    count: usize,
    /// The same states by row: see the [module](super).
    score: [[u16; BATCH]; ROWS],
    chunk: [[u16; BATCH]; ROWS],
    open: [[u16; BATCH]; ROWS],
    reached: [[u16; BATCH]; ROWS],
    best: [u16; BATCH],
    /// The score of each item, or 0 if it does not match.
    pub(in crate::fuzzy) scores: [u16; BATCH],
}

impl Rows {
    /// Creates rows for a needle of `count` characters.
    pub(in crate::fuzzy) fn new(count: usize) -> Rows {
        let none = [[0; BATCH]; ROWS];
        let (states, best) =
            (must(memory::filled(Part::default(), BATCH * needle_state::parts(count))), [0; BATCH]);
        let (score, chunk, open, reached) = (none, none, none, none);
        Rows { len: 0, states, count, score, chunk, open, reached, best, scores: best }
    }

    /// Removes all states.
    pub(in crate::fuzzy) fn clear(&mut self) {
        self.len = 0;
    }

    /// Adds the state at the end of an item's directory. At most [`BATCH`] can be added.
    #[inline]
    pub(in crate::fuzzy) fn push(&mut self, state: &[Part]) {
        needle_state::copy(state, &mut self.states[self.len * state.len()..][..state.len()]);
        self.len += 1;
    }

    /// Writes the states by row.
    fn transpose(&mut self) {
        let parts = needle_state::parts(self.count);
        let rows = parts * PART;
        let states = &self.states[..self.len * parts];
        type Of = fn(&Part) -> &[u16; PART];
        let fields: [(Of, _); 4] = [
            (|part| &part.score, &mut self.score),
            (|part| &part.chunk, &mut self.chunk),
            (|part| &part.open, &mut self.open),
            (|part| &part.reached, &mut self.reached),
        ];
        for (of, to) in fields {
            transpose::states(states, parts, of, &mut to[..rows]);
        }
        for (best, state) in self.best.iter_mut().zip(states.chunks_exact(parts)) {
            *best = needle_state::best(state, self.count);
        }
    }
}

/// Class of the column before, as far as bonuses depend on it.
struct Before<V> {
    /// The bonus of any character after it.
    bonus: V,
    small: V,
    digit: V,
}

struct Column<V> {
    /// The characters in the form in which they are compared.
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
        let seven = V::splat(crate::fuzzy::fzf::bonus::CAMEL as u16);
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
pub(in crate::fuzzy::kernel) unsafe fn score<V: Lanes>(
    batch: &Batch,
    rows: &mut Rows,
    needle: &Needle,
    bonuses: &Bonuses,
) {
    use crate::fuzzy::fzf::bonus;
    const { assert!(BATCH.is_multiple_of(V::N)) };
    let count = needle.bytes.len().min(ROWS);
    rows.transpose();
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
                eight: V::splat(bonus::NON_WORD as u16),
                matched: V::splat(bonus::MATCH as u16),
                white: V::splat(bonuses.white.into()),
            };
            let Numbers { zero, one, two, eight, matched, .. } = numbers;
            let four = V::splat(bonus::CONSECUTIVE as u16);
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
                // The bonus if it is that of a boundary, otherwise 0.
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
            best.and(reached[count - 1]).store(rows.scores.as_mut_ptr().add(first));
        }
    }
}
