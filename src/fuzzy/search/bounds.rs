//! Upper bounds for the scores of items, computed once per directory.

use crate::fuzzy::corpus::{Run, WHITE, mask};
use crate::fuzzy::kernel::{self, Needle, PARTS, Part};
use crate::fuzzy::search::plan::Plan;
use crate::memory::{self, must};

/// Number of cached directories; a directory replaces another one in the same slot.
const DIRECTORIES: usize = 512;

/// The cached states and score bounds of directories, for one needle.
pub(in crate::fuzzy::search) struct DirBounds {
    /// Masks of the needle's last characters, indexed by their count.
    masks: Vec<u32>,
    /// The mask of the needle's first character.
    first: u32,
    /// The directory cached in each slot.
    numbers: Vec<u32>,
    /// The state of the needle at the end of each directory.
    states: Vec<Part>,
    /// The needle's maximum score in each directory, by how many of its last characters the name can contain.
    most: Vec<u16>,
    /// The slot of the current directory.
    now: usize,
}

impl DirBounds {
    pub(in crate::fuzzy::search) fn new(needle: &Needle) -> DirBounds {
        let len = needle.bytes.len();
        DirBounds {
            masks: (0..=len).map(|last| mask(&needle.bytes[len - last..])).collect(),
            first: mask(&needle.bytes[..1]),
            numbers: must(memory::filled(u32::MAX, DIRECTORIES)),
            states: must(memory::filled(Part::default(), DIRECTORIES * kernel::parts(len))),
            most: must(memory::filled(0, DIRECTORIES * (len + 1))),
            now: 0,
        }
    }

    /// Returns how many of the needle's last characters a text with this mask can contain.
    #[inline]
    fn last(&self, mask: u32) -> usize {
        self.masks.iter().take_while(|&&need| mask & need == need).count() - 1
    }

    /// Returns the directory of a run, or the empty directory if that is equivalent, as the real one lacks the needle's
    /// first character.
    #[inline]
    fn directory(&self, run: &Run) -> u32 {
        if run.path & self.first == self.first { run.directory } else { 0 }
    }

    fn most(&self, place: usize) -> &[u16] {
        let count = self.masks.len();
        &self.most[place * count..][..count]
    }

    /// Returns the slot of a directory, or none if it cannot score `wanted` when followed by text with this mask.
    fn place(
        &mut self,
        plan: &Plan,
        needle: &Needle,
        number: u32,
        behind: u32,
        wanted: i32,
    ) -> Option<usize> {
        let place = number as usize % DIRECTORIES;
        if self.numbers[place] != number {
            let mut state = [Part::default(); PARTS];
            let parts = kernel::parts(needle.bytes.len());
            if number != 0 {
                let directory = plan.snapshot.component(number);
                let behind = behind | directory.mask;
                let parent = self.place(plan, needle, directory.parent, behind, wanted)?;
                // White space and the beginning of an item can exceed the bound.
                let is_bound = directory.parent != 0 && behind & WHITE == 0;
                if is_bound && i32::from(self.most(parent)[self.last(behind)]) < wanted {
                    return None;
                }
                kernel::copy(&self.states[parent * parts..][..parts], &mut state[..parts]);
                let before = if directory.parent == 0 { plan.bonuses.first } else { b'/' };
                kernel::extend(&mut state[..parts], directory.text, before, needle, &plan.bonuses);
            }
            let (count, bonus) = (self.masks.len(), plan.bonuses.most_without_white());
            let most = &mut self.most[place * count..][..count];
            kernel::most(&state[..parts], needle.bytes.len(), bonus.into(), most);
            kernel::copy(&state[..parts], &mut self.states[place * parts..][..parts]);
            self.numbers[place] = number;
        }
        Some(place)
    }

    /// Returns the needle's state at the end of the directory of `run`.
    pub(in crate::fuzzy::search) fn get(
        &mut self,
        plan: &Plan,
        needle: &Needle,
        run: &Run,
    ) -> &[Part] {
        let number = self.directory(run);
        let parts = kernel::parts(needle.bytes.len());
        let place = self.place(plan, needle, number, 0, i32::MIN).unwrap_or(0);
        &self.states[place * parts..][..parts]
    }
}

/// The minimum that an item needs to be among the best: a mask for its name, by its length.
#[derive(Clone, Copy)]
pub(in crate::fuzzy::search) struct Threshold {
    /// The bits that the mask of a name needs if the item is at most `length` long.
    short: u32,
    /// The bits that the mask of a name needs if the item is longer than `length`.
    long: u32,
    length: u16,
}

impl Threshold {
    /// A threshold that no ASCII name meets.
    const MORE_THAN_ANY: Threshold = Threshold { short: u32::MAX, long: u32::MAX, length: 0 };

    /// Returns the threshold for items that score at most `most` with any name.
    pub(in crate::fuzzy::search) fn of(most: i32, score: i32, length: u16) -> Threshold {
        let mask_for = |wanted| if most >= wanted { 0 } else { u32::MAX };
        Threshold { short: mask_for(score), long: mask_for(score.saturating_add(1)), length }
    }

    /// Returns whether an item with this mask and length meets the threshold.
    #[inline]
    pub(in crate::fuzzy::search) fn is_met(&self, mask: u32, length: u16) -> bool {
        let need = if length > self.length { self.long } else { self.short };
        mask & need == need
    }
}

/// Returns the threshold for items of a run that need a score of at least `score`, or a higher one if they are longer
/// than `length`. Returns none if no bound is known for them.
pub(in crate::fuzzy::search) fn need(
    all: &mut [DirBounds],
    plan: &Plan,
    run: &Run,
    score: i32,
    length: u16,
) -> Option<Threshold> {
    if run.directory == 0 || run.names & WHITE != 0 || score <= 0 {
        return None;
    }
    // The maximum of the other needles: first from their length alone, then from their bounds in the directory.
    let needles = plan.needles.iter().map(|needle| plan.most_for(needle));
    let mut rest = needles.fold(plan.rest_most, i32::saturating_add);
    for (ends, needle) in all.iter_mut().zip(&plan.needles) {
        rest -= plan.most_for(needle);
        let (directory, wanted) = (ends.directory(run), score.saturating_sub(rest));
        let Some(place) = ends.place(plan, needle, directory, run.names, wanted) else {
            return Some(Threshold::MORE_THAN_ANY);
        };
        ends.now = place;
        rest += i32::from(ends.most(place)[ends.last(run.names)]);
    }
    let mut need = Threshold { short: 0, long: 0, length };
    for ends in all {
        let most = ends.most(ends.now);
        let rest = rest - i32::from(most[ends.last(run.names)]);
        let mask_for = |wanted: i32| {
            let last = most.iter().position(|&most| i32::from(most) >= wanted);
            last.map_or(u32::MAX, |last| ends.masks[last])
        };
        need.short |= mask_for(score.saturating_sub(rest));
        need.long |= mask_for(score.saturating_sub(rest).saturating_add(1));
    }
    Some(need)
}
