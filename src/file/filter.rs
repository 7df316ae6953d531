//! The filter: the lines that match, or those that do not, as a file of their own.
//!
//! # What does it hold?
//!
//! Where runs of lines that are kept begin and end, as differences of two to four bytes each, and a mark for every 64th run:
//! not the lines themselves, which are read from the file whenever somebody wants them. So a filter that leaves out a
//! thousand lines of a hundred million takes some kilobytes, and one that keeps every second line four bytes for each.
//!
//! # What are its limits?
//!
//! More than [`MAX_RUN_BYTES`] bytes of that are a failure of the job, and what was found until then stays. The filter sees what is
//! known of the file when it begins.

use super::ordered::{Sender, for_each_ordered};
use super::scan::{Piece, Scanner, Segment, Visit};
use super::snapshot::{FileError, SEGMENT, Snapshot};
use super::source::{Source, Stat};
use crate::job::{JobError, Worker};
use crate::search::lines::{LinePatterns, Seeker};
use std::io;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// Bytes that the runs may take.
const MAX_RUN_BYTES: usize = 256 << 20;

/// Runs from one mark to the next.
const STRIDE: u64 = 64;

/// Runs that are brought at once, at most.
const MAX_BATCH_RUNS: usize = 16 << 10;

/// Bytes that are read at once of runs that are close to each other.
const WINDOW: usize = if cfg!(test) { 512 } else { 64 << 10 };

/// A part of a file.
type Run = (u64, u64);

/// Where the lines that are kept are.
#[derive(Default)]
struct RunList {
    /// For each run the bytes between it and the one before, and its length.
    bytes: Vec<u8>,
    marks: Vec<Mark>,
    count: u64,
    /// Bytes of all runs.
    total: u64,
    /// The last run, which may still become longer, and where it begins in `bytes`.
    last: Run,
    last_at: usize,
    complete: bool,
}

/// What is to be known to read runs from here on.
#[derive(Clone, Copy, Default)]
struct Mark {
    /// Bytes of all runs before.
    total: u64,
    /// Where the run before ends in the file.
    end: u64,
    /// Where to read on.
    at: usize,
}

/// The lines that a filter keeps.
pub(super) struct FilteredLines {
    parent: Arc<Snapshot>,
    runs: RwLock<RunList>,
}

fn put(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 128 {
        bytes.push(value as u8 | 128);
        value >>= 7;
    }
    bytes.push(value as u8);
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
    fn push(&mut self, run: Run) {
        let (begin, end) = run;
        self.total += end - begin;
        if self.count > 0 && begin == self.last.1 {
            // Written anew with its new length.
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

    /// The runs from the one on that holds an offset, each with the offset at which it begins here.
    fn from(&self, offset: u64) -> impl Iterator<Item = (u64, Run)> {
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

    fn memory(&self) -> usize {
        self.bytes.capacity() + self.marks.capacity() * size_of::<Mark>()
    }
}

impl FilteredLines {
    pub fn new(parent: Arc<Snapshot>) -> FilteredLines {
        FilteredLines { parent, runs: RwLock::default() }
    }

    fn runs(&self) -> RwLockReadGuard<'_, RunList> {
        self.runs.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut RunList)) {
        change(&mut self.runs.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// Runs the filter. Its unit of progress is the byte of the file.
    pub fn fill(
        &self,
        patterns: &LinePatterns,
        invert: bool,
        threads: usize,
        worker: &Worker<()>,
    ) -> Result<(), JobError> {
        let is_cancelled = || worker.is_cancelled();
        let matcher = patterns.compile(&is_cancelled)?;
        let size = self.parent.size();
        worker.expect(size);
        let work = |own: &mut (Scanner, Seeker<'_>), piece: u64, port: &Sender<'_, Vec<Run>>| {
            let (begin, end) = (piece * SEGMENT, ((piece + 1) * SEGMENT).min(size));
            let (scanner, seeker) = own;
            let mut sieve =
                LineFilter { seeker, invert, port, worker, runs: Vec::new(), long: None };
            let segment = Segment { begin, end, size };
            scanner.scan(&self.parent, segment, &mut sieve, || worker.go_on())?;
            port.give(sieve.runs)
        };
        let bring = |runs: Vec<Run>| {
            self.change(|all| runs.into_iter().for_each(|run| all.push(run)));
            if self.runs().memory() > MAX_RUN_BYTES {
                let message = format!(
                    "the lines are in so many pieces that the list of them takes more than {} MiB",
                    MAX_RUN_BYTES >> 20
                );
                return Err(JobError::Failed(message));
            }
            Ok(true)
        };
        let fresh = || (Scanner::default(), matcher.seeker(&is_cancelled));
        for_each_ordered(size.div_ceil(SEGMENT), threads, fresh, work, bring)?;
        self.change(|all| all.complete = true);
        Ok(())
    }
}

/// A failure of the file that was filtered.
fn refused(trouble: &FileError) -> io::Error {
    let kind = if trouble.changed { io::ErrorKind::UnexpectedEof } else { io::ErrorKind::Other };
    io::Error::new(kind, trouble.message.clone())
}

impl Source for Arc<FilteredLines> {
    fn stat(&self) -> io::Result<Stat> {
        self.parent.check().map_err(|trouble| refused(&trouble))?;
        let runs = self.runs();
        Ok(Stat { size: runs.total, complete: runs.complete, ..Stat::default() })
    }

    fn size_at_hand(&self) -> io::Result<u64> {
        self.parent.check_at_hand().map_err(|trouble| refused(&trouble))?;
        Ok(self.runs().total)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut done = 0;
        // A batch of runs at a time: the file is read without the lock.
        let mut batch = Vec::with_capacity(STRIDE as usize);
        let (mut window, mut window_at) = (Vec::new(), 0);
        while done < buffer.len() {
            let at = offset + done as u64;
            batch.clear();
            batch.extend(self.runs().from(at).take(STRIDE as usize));
            if batch.is_empty() {
                break;
            }
            for &(start, (begin, end)) in &batch {
                // Where it begins here and in the file, the first one in its middle.
                let skip = (offset + done as u64) - start;
                let len = (end - begin - skip).min((buffer.len() - done) as u64) as usize;
                let piece = &mut buffer[done..done + len];
                let from = begin + skip;
                if len > WINDOW / 4 {
                    let read = self.parent.source().read_at(piece, from)?;
                    done += read;
                    if read < len {
                        return Ok(done);
                    }
                } else {
                    let end = window_at + window.len() as u64;
                    if from < window_at || from + len as u64 > end {
                        window.resize(WINDOW, 0);
                        let read = self.parent.source().read_at(&mut window, from)?;
                        window.truncate(read);
                        window_at = from;
                    }
                    let at = (from - window_at) as usize;
                    let Some(bytes) = window.get(at..at + len) else { return Ok(done) };
                    piece.copy_from_slice(bytes);
                    done += len;
                }
                if done == buffer.len() {
                    return Ok(done);
                }
            }
        }
        Ok(done)
    }

    fn grows_by_itself(&self) -> bool {
        true
    }

    fn origin(&self, offset: u64) -> Option<u64> {
        let runs = self.runs();
        let (start, (begin, _)) = runs.from(offset).next()?;
        Some(begin + (offset - start))
    }

    fn memory(&self) -> usize {
        self.runs().memory()
    }
}

/// Who decides about the lines of a segment.
struct LineFilter<'f, 'm> {
    seeker: &'f mut Seeker<'m>,
    invert: bool,
    port: &'f Sender<'f, Vec<Run>>,
    worker: &'f Worker<()>,
    runs: Vec<Run>,
    /// A long line, and whether it has matched until now.
    long: Option<(u64, bool)>,
}

impl LineFilter<'_, '_> {
    fn push(&mut self, begin: u64, end: u64) {
        match self.runs.last_mut() {
            _ if begin == end => {}
            Some(last) if last.1 == begin => last.1 = end,
            _ => self.runs.push((begin, end)),
        }
    }
}

impl Visit for LineFilter<'_, '_> {
    fn lines(&mut self, offset: u64, text: &[u8]) -> Result<(), JobError> {
        // What is before `at` was decided, what is before `kept` was brought.
        let (mut at, mut kept) = (0, 0);
        while at < text.len()
            && let Some(candidate) = self.seeker.candidate(text, at)?
        {
            let (start, next) = (candidate.start, candidate.stop);
            at = next;
            if !self.seeker.test(text, &candidate)? {
                continue;
            }
            if self.invert {
                self.push(offset + kept as u64, offset + start as u64);
            } else {
                self.push(offset + start as u64, offset + next as u64);
            }
            kept = next;
        }
        if self.invert {
            self.push(offset + kept as u64, offset + text.len() as u64);
        }
        self.worker.advance(text.len() as u64);
        if self.runs.len() >= MAX_BATCH_RUNS {
            return self.port.give(std::mem::take(&mut self.runs));
        }
        Ok(())
    }

    fn piece(&mut self, piece: &Piece<'_>) -> Result<(), JobError> {
        let mut matched = self.long.is_some_and(|(line, matched)| line == piece.line && matched);
        if !matched {
            self.seeker.spans(piece.text, piece.from, |span| {
                matched = span.start < piece.to;
                false
            })?;
        }
        self.long = Some((piece.line, matched));
        let end = piece.next.unwrap_or(piece.offset + piece.to as u64);
        self.worker.advance(end - (piece.offset + piece.from as u64));
        if let Some(next) = piece.next
            && matched != self.invert
        {
            self.push(piece.line, next);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::search_tests::{literals, regex};
    use super::super::tests::{Directory, end, open};
    use super::super::*;
    use crate::search::lines::trim_line_terminator;
    use bstr::ByteSlice;
    use proptest::prelude::*;

    fn all(document: &Document) -> Vec<u8> {
        let (size, mut bytes) = (document.info().unwrap().size, Vec::new());
        document.read(0, size, |piece| bytes.extend_from_slice(piece)).unwrap();
        bytes
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn a_filter_is_the_file_of_its_lines(
            lines in prop::collection::vec(prop::sample::select(vec!["foo\n", "bar\r\n", "\n", "foo bar", "x\n"]), 0..4000),
            long in prop::collection::vec((0..2_usize, 0..20_000_usize), 0..3),
            (threads, invert, which) in (1..4_usize, any::<bool>(), 0..3_usize),
        ) {
            let mut text = lines.concat().into_bytes();
            for (with, len) in long {
                text.extend(std::iter::repeat_n(b'.', len));
                text.extend_from_slice([&b"foo\n"[..], b"\n"][with]);
                text.extend_from_slice(lines.concat().as_bytes());
            }
            let query = [regex("foo$"), literals(&["foo"]), regex("^$")][which].clone();
            let expected: Vec<u8> = text
                .split_inclusive(|&byte| byte == b'\n')
                .filter(|line| {
                    let line = trim_line_terminator(line);
                    let found = match which {
                        0 => line.ends_with(b"foo"),
                        1 => line.find(b"foo").is_some(),
                        _ => line.is_empty(),
                    };
                    found != invert
                })
                .flatten()
                .copied()
                .collect();
            let directory = Directory::new();
            let parent = open(&directory.file("text", &text), FileOptions { threads, ..FileOptions::default() });
            let (document, job) = parent.filter(query.into(), invert).unwrap();
            prop_assert_eq!(end(&job), JobState::Done);
            prop_assert_eq!(all(&document), &expected[..]);
            end(&*document.index().unwrap());
            let info = document.info().unwrap();
            prop_assert!(info.exact);
            prop_assert_eq!(info.lines as usize, expected.split_inclusive(|&byte| byte == b'\n').count());
            for offset in (0..expected.len()).step_by(977) {
                let origin = document.origin(offset as u64).unwrap().unwrap() as usize;
                prop_assert_eq!(text[origin], expected[offset]);
                let mut bytes = Vec::new();
                document.read(offset as u64, 5, |piece| bytes.extend_from_slice(piece)).unwrap();
                prop_assert_eq!(&bytes[..], &expected[offset..expected.len().min(offset + 5)]);
            }
            // A filter of a filter, and a search in it.
            let (second, job) = document.filter(regex("bar").into(), false).unwrap();
            prop_assert_eq!(end(&job), JobState::Done);
            prop_assert!(all(&second).split_inclusive(|&byte| byte == b'\n').all(|line| line.find(b"bar").is_some()));
        }
    }

    #[test]
    fn a_filter_of_a_truncated_file_says_so() {
        let directory = Directory::new();
        let path = directory.file("text", &b"foo\nbar\n".repeat(10_000));
        let parent = open(&path, FileOptions::default());
        let (document, job) = parent.filter(regex("foo").into(), false).unwrap();
        assert_eq!(end(&job), JobState::Done);
        assert_eq!(document.info().unwrap().lines, 10_000);
        std::fs::File::options().write(true).open(&path).unwrap().set_len(3).unwrap();
        let trouble = document.info().unwrap_err();
        assert!(
            trouble.changed && trouble.message.contains("truncated from 80000 bytes to 3"),
            "{trouble:?}"
        );
    }
}
