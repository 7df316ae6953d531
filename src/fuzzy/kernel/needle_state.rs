//! The state of a fuzzy term at the end of a directory, with one character of the term in each lane.

use crate::fuzzy::kernel::baseline::Eight;
use crate::fuzzy::kernel::bonuses::Bonuses;
use crate::fuzzy::kernel::lanes::{Lanes, PART};
use crate::fuzzy::kernel::needle::{Needle, ROWS};

/// The state of eight characters of the term at some column: see the [module](super). Before the first column all is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::fuzzy) struct Part {
    pub(in crate::fuzzy::kernel) score: [u16; PART],
    pub(in crate::fuzzy::kernel) chunk: [u16; PART],
    /// All bits if a gap would begin after this column.
    pub(in crate::fuzzy::kernel) open: [u16; PART],
    pub(in crate::fuzzy::kernel) reached: [u16; PART],
    /// The best score in each row so far.
    best: [u16; PART],
}

/// Maximum number of parts of a term.
pub(in crate::fuzzy) const PARTS: usize = ROWS / PART;

/// Returns the number of parts stored for a term of `rows` characters.
pub(in crate::fuzzy) fn parts(rows: usize) -> usize {
    // Each number of parts is compiled separately, so three are rounded up to four.
    rows.div_ceil(PART).next_power_of_two().min(PARTS)
}

/// Returns the best score so far of a term of `rows` characters, or 0 if it has not matched.
#[inline]
pub(in crate::fuzzy) fn best(state: &[Part], rows: usize) -> u16 {
    let (part, lane) = (&state[(rows - 1) / PART], (rows - 1) % PART);
    part.best[lane] & part.reached[lane]
}

/// Writes the maximum final score of a term into `most`, indexed by how many of its last characters the following text
/// can contain. `bonus` is the maximum bonus of a character there, and that text follows a delimiter.
pub(in crate::fuzzy) fn most(state: &[Part], rows: usize, bonus: u16, most: &mut [u16]) {
    use crate::fuzzy::fzf::bonus::MATCH;
    // A match that continues inherits the bonus of its first character.
    let chunks = state.iter().flat_map(|part| part.chunk);
    let bonus = chunks.fold(bonus, u16::max);
    let one = MATCH as u16 + bonus;
    let mut above = best(state, rows);
    most[0] = above;
    for left in 1..rows {
        let (part, lane) = (&state[(rows - 1 - left) / PART], (rows - 1 - left) % PART);
        above = above.max((part.score[lane] + one * left as u16) & part.reached[lane]);
        most[left] = above;
    }
    most[rows] = above.max(one * rows as u16 + bonus);
}

/// Copies a state.
#[inline]
pub(in crate::fuzzy) fn copy(from: &[Part], to: &mut [Part]) {
    match (from, &mut *to) {
        // Nearly all terms have a single part.
        ([from], [to]) => *to = *from,
        _ => to.copy_from_slice(from),
    }
}

/// Advances the state through `text`, which is ASCII and follows the byte `before`.
#[inline]
pub(in crate::fuzzy) fn extend(
    state: &mut [Part],
    text: &[u8],
    before: u8,
    needle: &Needle,
    bonuses: &Bonuses,
) {
    assert!(state.len() == parts(needle.bytes.len()));
    // SAFETY: every CPU of the architecture has the instructions of the baseline.
    unsafe {
        match state.len() {
            1 => extend_by::<Eight, 1>(state, text, before, needle, bonuses),
            2 => extend_by::<Eight, 2>(state, text, before, needle, bonuses),
            _ => extend_by::<Eight, 4>(state, text, before, needle, bonuses),
        }
    }
}

/// # Safety
///
/// The CPU has the instructions of `V`.
#[inline(always)]
pub(in crate::fuzzy::kernel) unsafe fn extend_by<V: Lanes, const PARTS: usize>(
    state: &mut [Part],
    text: &[u8],
    mut before: u8,
    needle: &Needle,
    bonuses: &Bonuses,
) {
    use crate::fuzzy::fzf::bonus;
    const { assert!(V::N == PART && PARTS * V::N <= ROWS) };
    // SAFETY: the caller's promise; loads and stores are of arrays that have as many numbers as there are lanes.
    unsafe {
        let state: &mut [Part; PARTS] = state.try_into().unwrap_or_else(|_| unreachable!());
        // A value that no text has, for unused lanes.
        let mut chars = [[u16::MAX; PART]; PARTS];
        let places = chars.as_flattened_mut().iter_mut();
        places.zip(&needle.bytes).for_each(|(to, &byte)| *to = byte.into());
        let chars = chars.map(|chars| V::load(chars.as_ptr()));
        let load = |of: fn(&Part) -> &[u16; PART]| {
            std::array::from_fn::<V, PARTS, _>(|part| V::load(of(&state[part]).as_ptr()))
        };
        let (mut score, mut chunk) = (load(|part| &part.score), load(|part| &part.chunk));
        let (mut open, mut reached) = (load(|part| &part.open), load(|part| &part.reached));
        let mut best = load(|part| &part.best);
        let (zero, all) = (V::splat(0), V::splat(u16::MAX));
        let (one, two) = (V::splat(1), V::splat(2));
        let first_lane = zero.shifted(all);
        let matched = V::splat(bonus::MATCH as u16);
        for &byte in text {
            let own = u16::from(bonuses.get(before, byte));
            before = byte;
            let char = V::splat(needle.see(byte).into());
            let bonus = V::splat(own);
            let least = V::splat(own.max(bonus::CONSECUTIVE as u16));
            let boundary = V::splat(if own >= bonus::BOUNDARY as u16 { own } else { 0 });
            for part in (0..PARTS).rev() {
                let above = |of: &[V; PARTS], outside: V| {
                    of[part].shifted(if part == 0 { outside } else { of[part - 1] })
                };
                let score_above = above(&score, zero);
                let chunk_above = above(&chunk, zero);
                let hit = char.eq(chars[part]).and(above(&reached, all));
                reached[part] = reached[part].or(hit);
                let mut earned = score_above.add(matched).add(chunk_above.max(bonus));
                let mut gap = score[part].less(open[part].and(two).add(one));
                if part == 0 {
                    // The first character's bonus counts twice, and a match begins anew wherever it occurs.
                    earned = earned.add(bonus.and(first_lane));
                    gap = gap.without(hit.and(first_lane));
                }
                earned = earned.and(hit);
                let most = earned.max(gap);
                let direct = most.eq(earned);
                let begun = least.and(chunk_above.eq(zero));
                score[part] = most;
                open[part] = direct;
                chunk[part] = chunk_above.max(boundary).max(begun).and(direct.and(hit));
                best[part] = best[part].max(most);
            }
        }
        for (part, state) in state.iter_mut().enumerate() {
            score[part].store(state.score.as_mut_ptr());
            chunk[part].store(state.chunk.as_mut_ptr());
            open[part].store(state.open.as_mut_ptr());
            reached[part].store(state.reached.as_mut_ptr());
            best[part].store(state.best.as_mut_ptr());
        }
    }
}
