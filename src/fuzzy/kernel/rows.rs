//! What is known of a fuzzy term at the end of a folder, a char of the term in each lane.

use super::lanes::Lanes;
use super::{Bonuses, Needle, ROWS};

/// What is known at some column, for each char of the term: see the [module](super).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct State {
    pub(super) score: [u16; ROWS],
    pub(super) chunk: [u16; ROWS],
    /// All bits if a gap would begin behind this column.
    pub(super) open: [u16; ROWS],
    pub(super) reached: [u16; ROWS],
    /// The best score in each row so far.
    best: [u16; ROWS],
}

impl State {
    /// Before the first column.
    pub(in super::super) const START: State = State {
        score: [0; ROWS],
        chunk: [0; ROWS],
        open: [0; ROWS],
        reached: [0; ROWS],
        best: [0; ROWS],
    };

    /// The best score of a term of so many chars.
    #[inline]
    pub(super) fn best(&self, rows: usize) -> u16 {
        self.best[rows - 1]
    }

    /// Whether the whole term is matched.
    #[cfg(test)]
    pub(super) fn is_matched(&self, rows: usize) -> bool {
        self.reached[rows - 1] != 0
    }
}

#[cfg(target_arch = "x86_64")]
type Eight = super::x86::Sse2;
#[cfg(not(target_arch = "x86_64"))]
type Eight = super::lanes::Plain;

/// Goes on through `text`, which is ASCII and follows the byte `before`.
#[inline]
pub(in super::super) fn extend(
    state: &mut State,
    text: &[u8],
    before: u8,
    needle: &Needle,
    bonuses: &Bonuses,
) {
    assert!(needle.bytes.len() <= ROWS);
    // SAFETY: SSE2 is part of x86-64, and plain code runs anywhere.
    unsafe {
        match needle.bytes.len().div_ceil(8) {
            0 | 1 => extend_by::<Eight, 1>(state, text, before, needle, bonuses),
            2 => extend_by::<Eight, 2>(state, text, before, needle, bonuses),
            _ => extend_by::<Eight, 4>(state, text, before, needle, bonuses),
        }
    }
}

/// # Safety
///
/// The CPU has the instructions of `V`.
#[inline(always)]
pub(super) unsafe fn extend_by<V: Lanes, const PARTS: usize>(
    state: &mut State,
    text: &[u8],
    mut before: u8,
    needle: &Needle,
    bonuses: &Bonuses,
) {
    use super::super::model;
    const { assert!(PARTS * V::N <= ROWS) };
    // SAFETY: the caller's promise; loads and stores are of PARTS times N numbers of arrays that have ROWS.
    unsafe {
        let load = |from: &[u16; ROWS]| {
            std::array::from_fn::<V, PARTS, _>(|part| V::load(from.as_ptr().add(part * V::N)))
        };
        let mut chars = [0; ROWS];
        // What no text has, in lanes that are not used.
        chars.fill(u16::MAX);
        chars.iter_mut().zip(&needle.bytes).for_each(|(to, &byte)| *to = byte.into());
        let chars = load(&chars);
        let (mut score, mut chunk) = (load(&state.score), load(&state.chunk));
        let (mut open, mut reached) = (load(&state.open), load(&state.reached));
        let mut best = load(&state.best);
        let (zero, all) = (V::splat(0), V::splat(u16::MAX));
        let (one, two) = (V::splat(1), V::splat(2));
        let first_lane = zero.shifted(all);
        let matched = V::splat(model::MATCH as u16);
        for &byte in text {
            let own = u16::from(bonuses.get(before, byte));
            before = byte;
            let char = V::splat(needle.see(byte).into());
            let bonus = V::splat(own);
            let least = V::splat(own.max(model::CONSECUTIVE as u16));
            let boundary = V::splat(if own >= model::BOUNDARY as u16 { own } else { 0 });
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
                    // The first char earns its bonus twice, and begins anew wherever it matches.
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
        let store = |from: [V; PARTS], to: &mut [u16; ROWS]| {
            for (part, from) in from.into_iter().enumerate() {
                from.store(to.as_mut_ptr().add(part * V::N));
            }
        };
        store(score, &mut state.score);
        store(chunk, &mut state.chunk);
        store(open, &mut state.open);
        store(reached, &mut state.reached);
        store(best, &mut state.best);
    }
}
