//! Interning: equal lines get equal numbers, their tokens, so that lines are compared once and tokens after that.
//!
//! # What does it cost?
//!
//! Each line of the first text is hashed and looked up. Of the second text only those lines are, that differ from the line
//! after the one that matched last: of similar texts most lines are only compared, at memory speed.
//!
//! # Can hashes mislead?
//!
//! No: lines are equal only if their bytes are. The hash has a random seed, so that nobody can prepare texts whose lines
//! all collide.

use super::lines::Lines;
use super::meter::Meter;
use super::{DiffError, MAX_LINES};
use crate::memory;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::hint::black_box;
use std::ops::Range;

/// The tokens of two texts.
pub(super) struct Tokens {
    pub(super) a: Vec<u32>,
    pub(super) b: Vec<u32>,
    /// Number of different tokens, which are below it.
    pub(super) count: usize,
}

/// A slot of the table: part of the hash, and the token plus 1, or 0 if it is empty.
type Slot = (u32, u32);

/// An open-addressing table from lines to tokens.
struct Table<'t, 'a> {
    a: &'t Lines<'a>,
    b: &'t Lines<'a>,
    slots: Vec<Slot>,
    /// The first line of each token; lines of the second text count on from those of the first one.
    firsts: Vec<u32>,
    seed: u64,
}

/// Minimum number of slots.
const MIN_SLOTS: usize = 64;

impl<'a> Table<'_, 'a> {
    fn line(&self, index: u32) -> &'a [u8] {
        let index = index as usize;
        match index.checked_sub(self.a.len()) {
            None => self.a.get(index),
            Some(index) => self.b.get(index),
        }
    }

    /// Returns the token of a line, which is a new one if no equal line came before.
    fn token(&mut self, line: u32, hash: u32, meter: &mut Meter) -> Result<u32, DiffError> {
        let mask = self.slots.len() - 1;
        let text = self.line(line);
        let mut at = hash as usize & mask;
        loop {
            let (slot_hash, slot) = self.slots[at];
            let Some(token) = slot.checked_sub(1) else { break };
            if slot_hash == hash && self.line(self.firsts[token as usize]) == text {
                return Ok(token);
            }
            at = (at + 1) & mask;
        }
        let token = self.firsts.len() as u32;
        memory::push(&mut self.firsts, line)?;
        self.slots[at] = (hash, token + 1);
        // At most three quarters of the slots are in use.
        if self.firsts.len() > self.slots.len() / 4 * 3 {
            self.grow(meter)?;
        }
        Ok(token)
    }

    fn grow(&mut self, meter: &mut Meter) -> Result<(), DiffError> {
        let count = self.slots.len() * 2;
        meter.hold::<Slot>(count)?;
        let mut slots = memory::filled((0, 0), count)?;
        for &(hash, slot) in self.slots.iter().filter(|&&(_, slot)| slot != 0) {
            let mut at = hash as usize & (count - 1);
            while slots[at].1 != 0 {
                at = (at + 1) & (count - 1);
            }
            slots[at] = (hash, slot);
        }
        meter.release::<Slot>(self.slots.len());
        self.slots = slots;
        Ok(())
    }
}

/// Number of lines that are hashed before the first of them is looked up: the processor then waits for memory once for all.
const BLOCK: usize = 16;

/// Number of lines without a match, from which on lines of the second text are looked up in blocks.
const MANY_MISSES: usize = 4;

impl Table<'_, '_> {
    /// Appends the tokens of up to [`BLOCK`] lines, and returns whether to go on.
    fn block(
        &mut self,
        lines: Range<usize>,
        tokens: &mut Vec<u32>,
        pace: &mut Pace,
        meter: &mut Meter,
    ) -> Result<bool, DiffError> {
        let mut hashes = [0; BLOCK];
        let (mask, mut touched) = (self.slots.len() - 1, 0);
        for (hash_of, line) in hashes.iter_mut().zip(lines.clone()) {
            let text = self.line(line as u32);
            if !pace.go_on(text, meter)? {
                return Ok(false);
            }
            *hash_of = hash(text, self.seed);
            touched |= self.slots[*hash_of as usize & mask].1;
        }
        // So that the reads are not left out.
        black_box(touched);
        for (line, hash) in lines.zip(hashes) {
            tokens.push(self.token(line as u32, hash, meter)?);
        }
        Ok(true)
    }
}

/// Returns a seed that nobody knows in advance.
pub(super) fn seed() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Multiplies to 128 bits, and mixes both halves.
#[inline]
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

const ODD: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];

/// Returns the hash of a line.
#[inline]
pub(super) fn hash(line: &[u8], seed: u64) -> u32 {
    let word = |bytes: &[u8; 16]| {
        let (low, high) = (u128::from_le_bytes(*bytes) as u64, u128::from_le_bytes(*bytes) >> 64);
        (low, high as u64)
    };
    let mut state = seed ^ (line.len() as u64).wrapping_mul(ODD[0]);
    let (pairs, rest) = line.as_chunks::<16>();
    for pair in pairs {
        let (low, high) = word(pair);
        state = mix(low ^ seed ^ ODD[1], high ^ state);
    }
    if !rest.is_empty() {
        // The last 16 bytes, or all of a short line.
        let mut last = [0; 16];
        let (low, high) = match line.last_chunk::<16>() {
            Some(chunk) => word(chunk),
            None => {
                last[..rest.len()].copy_from_slice(rest);
                word(&last)
            }
        };
        state = mix(low ^ seed ^ ODD[1], high ^ state);
    }
    let mixed = mix(state ^ ODD[2], seed | 1);
    (mixed ^ mixed >> 32) as u32
}

/// Number of bytes that take about as long as a step.
const BYTES_PER_STEP: usize = 64;

/// Number of steps between two looks at the meter.
const STEPS_PER_CHECK: usize = 1 << 12;

/// Counts the steps for lines, which may be long.
#[derive(Default)]
struct Pace(usize);

impl Pace {
    /// Counts a line, and returns whether to go on.
    #[inline]
    fn go_on(&mut self, line: &[u8], meter: &mut Meter) -> Result<bool, DiffError> {
        self.0 += 1 + line.len() / BYTES_PER_STEP;
        if self.0 < STEPS_PER_CHECK { Ok(true) } else { meter.go_on(std::mem::take(&mut self.0)) }
    }
}

/// Returns the tokens of the lines of two texts, or `None` if the deadline has passed.
pub(super) fn intern(a: &Lines, b: &Lines, meter: &mut Meter) -> Result<Option<Tokens>, DiffError> {
    debug_assert!(a.len() <= MAX_LINES && b.len() <= MAX_LINES);
    let slots = (a.len() * 4 / 3 + 1).next_power_of_two().max(MIN_SLOTS);
    // The texts may have no line in common.
    meter.hold::<Slot>(slots)?;
    meter.hold::<[u32; 2]>(a.len() + b.len())?;
    let seed = seed();
    let slots = memory::filled((0, 0), slots)?;
    let mut table = Table { a, b, slots, firsts: memory::with_room(a.len())?, seed };
    let mut a_tokens: Vec<u32> = memory::with_room(a.len())?;
    let mut pace = Pace::default();
    for start in (0..a.len()).step_by(BLOCK) {
        let stop = a.len().min(start + BLOCK);
        if !table.block(start..stop, &mut a_tokens, &mut pace, meter)? {
            return Ok(None);
        }
    }
    let mut b_tokens = memory::with_room(b.len())?;
    // The line of `a` that the next line of `b` is compared with, and how often it was another one since the last match.
    let (mut guess, mut misses) = (0, 0);
    while b_tokens.len() < b.len() {
        let line = b_tokens.len();
        let text = b.get(line);
        if guess < a.len() && a.get(guess) == text {
            if !pace.go_on(text, meter)? {
                return Ok(None);
            }
            b_tokens.push(a_tokens[guess]);
            (guess, misses) = (guess + 1, 0);
            continue;
        }
        misses += 1;
        let count = if misses < MANY_MISSES { 1 } else { BLOCK.min(b.len() - line) };
        let lines = a.len() + line..a.len() + line + count;
        if !table.block(lines, &mut b_tokens, &mut pace, meter)? {
            return Ok(None);
        }
        let last = b_tokens[b_tokens.len() - 1];
        let first = table.firsts[last as usize] as usize;
        guess = if first < a.len() { first + 1 } else { guess + count };
    }
    let (count, slots) = (table.firsts.len(), table.slots.len());
    meter.release::<Slot>(slots);
    meter.release::<u32>(a.len() + b.len());
    Ok(Some(Tokens { a: a_tokens, b: b_tokens, count }))
}
