//! Removal of lines that only one text has, before Myers' algorithm: they match nothing, and each would cost a difference.

use super::DiffError;
use super::changes::Matches;
use super::meter::Meter;
use super::myers::myers;
use crate::memory;

/// Which side has a token, by token; none outside of a comparison.
pub(super) struct Counts(Vec<u8>);

/// The bits of the sides.
const IN_A: u8 = 1;
const IN_B: u8 = 2;

impl Counts {
    pub(super) fn new(tokens: usize, meter: &mut Meter) -> Result<Counts, DiffError> {
        meter.hold::<u8>(tokens)?;
        Ok(Counts(memory::filled(0, tokens)?))
    }

    /// Returns the number of tokens.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Finds the matching lines of a region by Myers' algorithm.
pub(super) fn compare_pruned(
    (a, b): (&[u32], &[u32]),
    [a_start, a_stop, b_start, b_stop]: [usize; 4],
    minimal: bool,
    counts: &mut Counts,
    matches: &mut Matches,
    meter: &mut Meter,
) -> Result<(), DiffError> {
    let (a_lines, b_lines) = (&a[a_start..a_stop], &b[b_start..b_stop]);
    if !meter.go_on(a_lines.len() + b_lines.len())? {
        return Ok(());
    }
    for &token in a_lines {
        counts.0[token as usize] |= IN_A;
    }
    for &token in b_lines {
        counts.0[token as usize] |= IN_B;
    }
    let kept = |lines: &[u32], start: usize| {
        let is_common = |token: u32| counts.0[token as usize] == IN_A | IN_B;
        let count = lines.iter().filter(|&&token| is_common(token)).count();
        let mut tokens = memory::with_room(count)?;
        let mut places = memory::with_room(count)?;
        for (at, &token) in (start as u32..).zip(lines).filter(|&(_, &token)| is_common(token)) {
            tokens.push(token);
            places.push(at);
        }
        Ok::<_, DiffError>((tokens, places))
    };
    meter.hold::<[u32; 2]>(a_lines.len() + b_lines.len())?;
    let (a_tokens, a_places) = kept(a_lines, a_start)?;
    let (b_tokens, b_places) = kept(b_lines, b_start)?;
    for &token in a_lines.iter().chain(b_lines) {
        counts.0[token as usize] = 0;
    }
    myers(&a_tokens, &b_tokens, (&a_places, &b_places), minimal, matches, meter)?;
    meter.release::<[u32; 2]>(a_lines.len() + b_lines.len());
    Ok(())
}
