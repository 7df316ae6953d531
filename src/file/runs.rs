//! The run list of a filter: where its kept lines are in the filtered file.

use super::held::Tally;
use crate::memory::{self, NoMemory};

/// Maximum size of a run list in bytes.
pub(super) const MAX_RUN_BYTES: usize = if cfg!(test) { 256 << 10 } else { 256 << 20 };

/// Number of runs from one mark to the next.
pub(super) const STRIDE: u64 = 64;

/// The start and end of a part of a file.
pub(super) type Run = (u64, u64);

/// The runs of kept lines, and how far the file was matched.
#[derive(Clone, Default)]
pub(super) struct RunList {
    /// For each run the number of bytes between it and the previous run, and its length.
    bytes: Vec<u8>,
    marks: Vec<Mark>,
    count: u64,
    /// Total size of all runs in bytes.
    total: u64,
    /// The last run, which may still become longer, and its place in `bytes`.
    last: Run,
    last_at: usize,
    /// Start of the last matched line if it has no line feed: it may become longer. Otherwise `seen`.
    upto: u64,
    /// Offset up to which the file was matched.
    seen: u64,
    /// How often a kept last line was matched again and dropped.
    cuts: u64,
    held: Tally,
}

/// The state for reading runs from a place in the middle of the list.
#[derive(Clone, Copy, Default)]
struct Mark {
    /// Total size of the previous runs in bytes.
    total: u64,
    /// End of the previous run in the file.
    end: u64,
    /// Place in `bytes` of the next run.
    at: usize,
}

/// The matched lines of a part of the file that starts where the previous batch ended.
#[derive(Default)]
pub(super) struct Batch {
    pub runs: Vec<Run>,
    /// Like [`RunList`]'s; 0 if no line begins in this part.
    pub upto: u64,
    pub seen: u64,
}

fn put(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 128 {
        bytes.push(value as u8 | 128);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Returns the number of bytes that [`put`] writes.
fn len_of(value: u64) -> usize {
    (64 - (value | 1).leading_zeros() as usize).div_ceil(7)
}

fn get(bytes: &[u8], at: &mut usize) -> u64 {
    let (mut value, mut shift) = (0, 0);
    while let Some(&byte) = bytes.get(*at) {
        *at += 1;
        value |= u64::from(byte & 127) << shift;
        shift += 7;
        if byte < 128 {
            break;
        }
    }
    value
}

impl RunList {
    /// Returns the total size of all runs in bytes.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Returns the offset where matching continues.
    pub fn upto(&self) -> u64 {
        self.upto
    }

    /// Returns the offset up to which the file was matched.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// Returns how often a kept last line was matched again and dropped.
    pub fn cuts(&self) -> u64 {
        self.cuts
    }

    /// Returns a copy to change while readers keep using the original.
    pub fn copy(&self) -> Result<RunList, NoMemory> {
        let (bytes, marks) = (memory::copy(&self.bytes)?, memory::copy(&self.marks)?);
        Ok(RunList { bytes, marks, held: self.held.clone(), ..*self })
    }

    /// Appends a batch that starts at [`RunList::upto`], completely or not at all.
    pub fn append(&mut self, batch: &Batch) -> Result<(), NoMemory> {
        if batch.seen == 0 {
            return Ok(());
        }
        // The number of bytes to write, including the changed part of the previous run.
        let (mut before, mut len) = (0, 4 * len_of(u64::MAX));
        for &(begin, end) in &batch.runs {
            len += len_of(begin - before) + len_of(end - begin);
            before = end;
        }
        memory::reserve(&mut self.bytes, len)?;
        memory::reserve(&mut self.marks, batch.runs.len() / STRIDE as usize + 2)?;
        let mut runs = batch.runs.iter().copied();
        if self.count > 0 && self.last.1 > self.upto {
            // The last line was kept, and was matched again.
            match batch.runs.first() {
                Some(&(begin, end)) if begin == self.upto && end >= self.last.1 => {
                    self.push((self.last.1, end));
                    runs.next();
                }
                _ => self.cut(),
            }
        }
        runs.for_each(|run| self.push(run));
        (self.upto, self.seen) = (batch.upto, batch.seen);
        self.held.set(self.memory());
        Ok(())
    }

    fn push(&mut self, run: Run) {
        let (begin, end) = run;
        if begin == end {
            return;
        }
        self.total += end - begin;
        if self.count > 0 && begin == self.last.1 {
            // Write the last run again with its new length.
            let mut at = self.last_at;
            let gap = get(&self.bytes, &mut at);
            self.bytes.truncate(self.last_at);
            put(&mut self.bytes, gap);
            put(&mut self.bytes, end - self.last.0);
            self.last.1 = end;
            return;
        }
        let before = if self.count > 0 { self.last.1 } else { 0 };
        if self.count.is_multiple_of(STRIDE) {
            let total = self.total - (end - begin);
            self.marks.push(Mark { total, end: before, at: self.bytes.len() });
        }
        self.last_at = self.bytes.len();
        put(&mut self.bytes, begin - before);
        put(&mut self.bytes, end - begin);
        self.last = run;
        self.count += 1;
    }

    /// Removes the last line, with which the last run ends.
    fn cut(&mut self) {
        self.cuts += 1;
        self.total -= self.last.1 - self.upto;
        let (mut at, end) = (self.last_at, self.upto);
        let gap = get(&self.bytes, &mut at);
        self.bytes.truncate(self.last_at);
        if end > self.last.0 {
            put(&mut self.bytes, gap);
            put(&mut self.bytes, end - self.last.0);
            self.last.1 = end;
            return;
        }
        self.count -= 1;
        if self.count.is_multiple_of(STRIDE) {
            self.marks.pop();
        }
        // No later run can start where the previous run ends: the line there is not kept.
        let before = self.last.0 - gap;
        (self.last, self.last_at) = ((before, before), self.bytes.len());
    }

    /// Returns the runs from the one that holds `offset` on, each with its offset in the filter.
    pub fn from(&self, offset: u64) -> impl Iterator<Item = (u64, Run)> {
        let at = self.marks.partition_point(|mark| mark.total <= offset);
        let mut mark = self.marks.get(at.saturating_sub(1)).copied().unwrap_or_default();
        std::iter::from_fn(move || {
            while mark.at < self.bytes.len() {
                let begin = mark.end + get(&self.bytes, &mut mark.at);
                let (total, len) = (mark.total, get(&self.bytes, &mut mark.at));
                (mark.end, mark.total) = (begin + len, total + len);
                if mark.total > offset {
                    return Some((total, (begin, begin + len)));
                }
            }
            None
        })
    }

    /// Returns whether the list has reached its maximum size.
    pub fn is_full(&self) -> bool {
        self.memory() > MAX_RUN_BYTES
    }

    /// Returns the memory of the list in bytes.
    pub fn memory(&self) -> usize {
        self.bytes.capacity() + self.marks.capacity() * size_of::<Mark>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 4 } else { crate::emulated::cases(200) }))]
        /// Lines of a file, each kept or not. The last line of a batch often has no line feed; the next batch matches
        /// it again and may decide otherwise.
        #[test]
        fn runs_are_the_lines_that_are_kept_also_where_the_last_one_is_looked_at_again(
            batches in prop::collection::vec(
                (prop::collection::vec((1..300_u64, any::<bool>()), 0..200), prop::option::of((1..9_u64, any::<bool>()))),
                1..8,
            ),
        ) {
            let (mut runs, mut kept, mut at) = (RunList::default(), Vec::<u64>::new(), 0_u64);
            let (mut tail, mut cuts) = (0, 0);
            for (lines, last) in batches {
                kept.retain(|&offset| offset < at);
                let tail_was_kept = runs.total() > kept.len() as u64;
                let mut batch = Batch::default();
                let mut begin = at;
                for (number, (len, keep)) in lines.into_iter().chain(last).enumerate() {
                    let len = if number == 0 { len + tail } else { len };
                    if number == 0 && tail_was_kept && !keep {
                        cuts += 1;
                    }
                    if keep {
                        kept.extend(begin..begin + len);
                        match batch.runs.last_mut() {
                            Some(run) if run.1 == begin => run.1 = begin + len,
                            _ => batch.runs.push((begin, begin + len)),
                        }
                    }
                    (batch.upto, begin) = (begin, begin + len);
                }
                if begin == at {
                    // Nothing was matched, and the last line is unchanged.
                    kept.extend(if tail_was_kept { at..at + tail } else { at..at });
                    runs.append(&batch).expect("memory");
                    continue;
                }
                if last.is_none() {
                    batch.upto = begin;
                }
                batch.seen = begin;
                runs.append(&batch).expect("memory");
                (at, tail) = (batch.upto, begin - batch.upto);
                prop_assert_eq!((runs.upto(), runs.seen(), runs.cuts()), (at, begin, cuts));
                prop_assert_eq!(runs.total(), kept.len() as u64);
                for offset in (0..kept.len()).step_by(37) {
                    let (start, (begin, end)) = runs.from(offset as u64).next().expect("a run");
                    prop_assert!(start <= offset as u64);
                    prop_assert_eq!(begin + (offset as u64 - start), kept[offset]);
                    prop_assert!(kept[offset] < end);
                }
                let all: Vec<u64> = runs.from(0).flat_map(|(_, (begin, end))| begin..end).collect();
                prop_assert_eq!(&all, &kept);
            }
        }
    }
}
