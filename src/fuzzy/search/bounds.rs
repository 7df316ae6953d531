//! What is known at the ends of directories, and with it what their items can earn at most.

use crate::fuzzy::corpus::{Run, WHITE, mask};
use crate::fuzzy::kernel::{self, Needle, PARTS, Part};
use crate::fuzzy::search::Plan;

/// DirFilter of which it is kept; one takes the place of another.
const DIRECTORIES: usize = 512;

/// What is known of one needle.
pub(in crate::fuzzy::search) struct DirBounds {
    /// By how many of its last chars: the mask of those.
    masks: Vec<u32>,
    /// The mask of its first char.
    first: u32,
    /// The directory in each place.
    numbers: Vec<u32>,
    /// What is known at its end.
    states: Vec<Part>,
    /// What the needle earns at most, by how many of its last chars a name may have.
    most: Vec<u16>,
    /// The place of the directory that is looked at.
    now: usize,
}

impl DirBounds {
    pub(in crate::fuzzy::search) fn new(needle: &Needle) -> DirBounds {
        let len = needle.bytes.len();
        DirBounds {
            masks: (0..=len).map(|last| mask(&needle.bytes[len - last..])).collect(),
            first: mask(&needle.bytes[..1]),
            numbers: vec![u32::MAX; DIRECTORIES],
            states: vec![Part::default(); DIRECTORIES * kernel::parts(len)],
            most: vec![0; DIRECTORIES * (len + 1)],
            now: 0,
        }
    }

    /// Strategy many of the needle's last chars text of a mask may have.
    #[inline]
    fn last(&self, mask: u32) -> usize {
        self.masks.iter().take_while(|&&need| mask & need == need).count() - 1
    }

    /// The directory of some items, or the empty one if it is as good, as the needle begins with what the directory lacks.
    #[inline]
    fn directory(&self, run: &Run) -> u32 {
        if run.path & self.first == self.first { run.directory } else { 0 }
    }

    fn most(&self, place: usize) -> &[u16] {
        let count = self.masks.len();
        &self.most[place * count..][..count]
    }

    /// The place of a directory, unless text of a mask behind it cannot earn as much as is wanted.
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
                // White space and the beginning of an item may earn more than is reckoned with.
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

    /// What is known at the end of a directory.
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

/// What an item of some directory needs to be among the best, as far as that is known.
#[derive(Clone, Copy)]
pub(in crate::fuzzy::search) struct Threshold {
    /// What the mask of its name has to have, if it is not longer than `length`.
    short: u32,
    /// The same if it is longer.
    long: u32,
    length: u16,
}

impl Threshold {
    /// What no name of ASCII has.
    const MORE_THAN_ANY: Threshold = Threshold { short: u32::MAX, long: u32::MAX, length: 0 };

    /// What items need that earn `most` at most, whatever their names have.
    pub(in crate::fuzzy::search) fn of(most: i32, score: i32, length: u16) -> Threshold {
        let mask_for = |wanted| if most >= wanted { 0 } else { u32::MAX };
        Threshold { short: mask_for(score), long: mask_for(score.saturating_add(1)), length }
    }

    /// Whether an item has it.
    #[inline]
    pub(in crate::fuzzy::search) fn is_met(&self, mask: u32, length: u16) -> bool {
        let need = if length > self.length { self.long } else { self.short };
        mask & need == need
    }
}

/// What items of a directory need that are to earn at least `score`, or more than that if they are longer than `length`; none if
/// nothing is known of them.
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
    // What the rest earns at most: at first by its length alone, then by what is known of the directory.
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
