//! The filter: the matching lines of a file, or the other ones, as a file of its own.
//!
//! # What does it hold?
//!
//! The start and end of each run of kept lines, as differences of two to four bytes each, and a mark for every 64th
//! run. It does not hold the lines themselves, which are read from the file on demand. So a filter that drops a
//! thousand lines of a hundred million takes a few kilobytes, and one that keeps every second line takes four bytes for
//! each.
//!
//! # What are its limits?
//!
//! The job fails when the runs take more than [`MAX_RUN_BYTES`]; the lines found until then remain. How a filter grows
//! with its file is described in [`growth`](super::growth).

use super::ordered::{Sender, for_each_ordered};
use super::runs::{Batch, MAX_RUN_BYTES, RunList, STRIDE};
use super::scan::{Piece, Scanner, Segment, Visit};
use super::snapshot::{FileError, Filler, SEGMENT, Snapshot};
use super::source::{Source, Stat};
use crate::job::{Gate, JobError};
use crate::memory::{self, must};
use crate::search::lines::{LineMatcher, LinePatterns, Seeker};
use std::io;
use std::mem::take;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard};

/// Maximum number of runs in one batch.
const MAX_BATCH_RUNS: usize = 16 << 10;

/// Bytes to read at once when runs are close to each other.
const WINDOW: usize = if cfg!(test) { 512 } else { 64 << 10 };

/// The rule that decides which lines are kept.
pub(super) struct Rule {
    pub patterns: LinePatterns,
    pub invert: bool,
    /// Number of threads that match lines.
    pub threads: usize,
    /// Compiled by the first thread that needs it.
    matcher: OnceLock<LineMatcher>,
}

impl Rule {
    pub fn new(patterns: LinePatterns, invert: bool, threads: usize) -> Rule {
        Rule { patterns, invert, threads, matcher: OnceLock::new() }
    }

    /// Returns whether the patterns are compiled, so that a search can start at once.
    pub fn is_compiled(&self) -> bool {
        self.matcher.get().is_some()
    }

    fn matcher(&self, is_cancelled: &dyn Fn() -> bool) -> Result<&LineMatcher, JobError> {
        if let Some(matcher) = self.matcher.get() {
            return Ok(matcher);
        }
        let matcher = self.patterns.compile(is_cancelled)?;
        Ok(self.matcher.get_or_init(|| matcher))
    }
}

/// The lines of `parent` that a filter keeps.
pub(super) struct FilteredLines {
    pub parent: Arc<Snapshot>,
    pub rule: Arc<Rule>,
    /// Shared with the filters of this filter until either of them changes.
    runs: RwLock<Arc<RunList>>,
    /// Held by the thread that is matching lines.
    pub filling: Gate,
    /// Bytes of kept lines that were reported to the host.
    reported: AtomicU64,
    /// Whether matching found that known lines have been overwritten.
    overwritten: AtomicBool,
}

impl FilteredLines {
    pub fn new(parent: Arc<Snapshot>, rule: Arc<Rule>) -> FilteredLines {
        let (runs, filling, reported, overwritten) = Default::default();
        FilteredLines { parent, rule, runs, filling, reported, overwritten }
    }

    /// Returns the same lines over the same content; the copy grows independently.
    pub fn twin(&self, parent: Arc<Snapshot>) -> FilteredLines {
        let runs = RwLock::new(Arc::clone(&self.runs()));
        let twin = FilteredLines { runs, ..FilteredLines::new(parent, Arc::clone(&self.rule)) };
        twin.mark_reported();
        twin
    }

    pub fn runs(&self) -> RwLockReadGuard<'_, Arc<RunList>> {
        self.runs.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Arc<RunList>) -> T) -> T {
        change(&mut self.runs.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns whether matching found that known lines have been overwritten, so that the kept lines are invalid.
    pub fn is_overwritten(&self) -> bool {
        self.overwritten.load(Ordering::Relaxed)
    }

    /// Returns whether all known lines of the file were matched.
    pub fn is_filled(&self) -> bool {
        self.runs().seen() >= self.parent.size()
    }

    /// Returns whether there are kept lines that were not reported to the host yet.
    pub fn has_news(&self) -> bool {
        self.runs().total() > self.reported.load(Ordering::Acquire)
    }

    /// Marks the present lines as reported to the host.
    pub fn mark_reported(&self) {
        self.reported.store(self.runs().total(), Ordering::Release);
    }

    /// Returns whether the job that owns `ended` no longer handles growth of the file.
    pub fn has_ended(&self, ended: &AtomicBool) -> bool {
        let _runs = self.runs();
        ended.load(Ordering::Relaxed)
    }

    /// Matches the remaining lines of the file, including lines that arrive meanwhile. Sets `ended` when it stops
    /// looking for more: under the lock of the runs, so that whoever checks `ended` under that lock after the file has
    /// grown cannot be missed. The unit of progress is the byte of the file. The caller must hold
    /// [`FilteredLines::filling`].
    pub fn fill(&self, filler: &dyn Filler, ended: &AtomicBool) -> Result<(), JobError> {
        let is_cancelled = || filler.is_cancelled();
        let go_on = || if filler.is_cancelled() { Err(JobError::Cancelled) } else { Ok(()) };
        filler.expect(self.parent.size());
        let matcher = self.rule.matcher(&is_cancelled)?;
        // The last line may be matched twice.
        let mut again = 0;
        filler.advance(self.runs().upto());
        loop {
            let (from, seen, size) = self.change(|runs| {
                let size = self.parent.size();
                if runs.seen() >= size {
                    ended.store(true, Ordering::Relaxed);
                }
                (runs.upto(), runs.seen(), size)
            });
            filler.expect(size + again);
            if seen >= size {
                return Ok(());
            }
            again += seen - from;
            let first = from / SEGMENT;
            let work = |own: &mut (Scanner, Seeker<'_>), piece: u64, port: &Sender<'_, Batch>| {
                let begin = from.max((first + piece) * SEGMENT);
                let end = ((first + piece + 1) * SEGMENT).min(size);
                let (scanner, seeker) = own;
                let invert = self.rule.invert;
                let advance = &|bytes| filler.advance(bytes);
                let batch = Batch::default();
                let mut sieve =
                    LineFilter { seeker, invert, port, advance, batch, mark: 0, long: None };
                let segment = Segment { begin, end, size };
                scanner.scan(&self.parent, segment, &mut sieve, go_on)?;
                port.give(sieve.batch)
            };
            let bring = |batch: Batch| {
                self.change(|runs| {
                    if runs.is_full() {
                        return Err(JobError::Failed(format!(
                            "the kept lines form so many runs that the list of them takes more than {} MiB",
                            MAX_RUN_BYTES >> 20
                        )));
                    }
                    if Arc::get_mut(runs).is_none() {
                        *runs = Arc::new(runs.copy()?);
                    }
                    Arc::get_mut(runs).map_or(Ok(()), |own| own.append(&batch))?;
                    Ok(true)
                })
            };
            let fresh = || (Scanner::default(), matcher.seeker(&is_cancelled));
            for_each_ordered(
                size.div_ceil(SEGMENT) - first,
                self.rule.threads,
                fresh,
                work,
                bring,
            )?;
            // No line begins where the last known one ended, so the content is another one.
            let runs = self.runs();
            if (runs.upto(), runs.seen()) == (from, seen) {
                self.overwritten.store(true, Ordering::Relaxed);
                let message = "known lines of the file have been overwritten; refresh it";
                return Err(JobError::Changed(message.to_owned()));
            }
        }
    }
}

/// Converts an error of the filtered file to an I/O error.
fn refused(trouble: &FileError) -> io::Error {
    let kind = if trouble.changed { io::ErrorKind::UnexpectedEof } else { io::ErrorKind::Other };
    io::Error::new(kind, trouble.message.clone())
}

/// The kept lines as a source of bytes. It is valid until the last of them is no longer kept.
pub(super) struct View {
    kept: Arc<FilteredLines>,
    cuts: u64,
}

impl View {
    pub fn new(kept: &Arc<FilteredLines>) -> View {
        View { kept: Arc::clone(kept), cuts: kept.runs().cuts() }
    }

    /// Returns whether the last line that this view has seen is no longer kept.
    pub fn is_cut(&self) -> bool {
        self.kept.runs().cuts() != self.cuts
    }
}

impl View {
    /// Returns the bytes of all kept lines, and the offset in the file up to which lines were matched.
    fn extent(&self) -> io::Result<(u64, u64)> {
        let runs = self.kept.runs();
        if runs.cuts() != self.cuts {
            let message =
                "the last line has become longer and no longer matches; refresh the filter";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
        }
        Ok((runs.total(), runs.seen()))
    }
}

impl Source for Arc<View> {
    fn stat(&self) -> io::Result<Stat> {
        let parent = &self.kept.parent;
        let complete = parent.check().map_err(|trouble| refused(&trouble))?;
        let (size, seen) = self.extent()?;
        Ok(Stat { size, complete: complete && seen >= parent.size(), ..Stat::default() })
    }

    fn size_at_hand(&self) -> io::Result<u64> {
        self.kept.parent.check_at_hand().map_err(|trouble| refused(&trouble))?;
        Ok(self.extent()?.0)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut done = 0;
        // Takes one batch of runs at a time, because the file is read without the lock.
        let mut batch = memory::with_room(STRIDE as usize)?;
        let (mut window, mut window_at) = (Vec::new(), 0);
        let source = self.kept.parent.source();
        while done < buffer.len() {
            let at = offset + done as u64;
            batch.clear();
            let runs = self.kept.runs();
            if runs.cuts() == self.cuts {
                batch.extend(runs.from(at).take(STRIDE as usize));
            }
            drop(runs);
            if batch.is_empty() {
                break;
            }
            for &(start, (begin, end)) in &batch {
                // The start of the run in the filter and in the file; the first run may start in its middle.
                let skip = (offset + done as u64) - start;
                let len = (end - begin - skip).min((buffer.len() - done) as u64) as usize;
                let piece = &mut buffer[done..done + len];
                let from = begin + skip;
                if len > WINDOW / 4 {
                    let read = source.read_at(piece, from)?;
                    done += read;
                    if read < len {
                        return Ok(done);
                    }
                } else {
                    let end = window_at + window.len() as u64;
                    if from < window_at || from + len as u64 > end {
                        memory::resize(&mut window, WINDOW, 0)?;
                        let read = source.read_at(&mut window, from)?;
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
        let runs = self.kept.runs();
        let (start, (begin, _)) = runs.from(offset).next()?;
        Some(begin + (offset - start))
    }

    fn memory(&self) -> usize {
        self.kept.runs().memory()
    }
}

/// Decides which lines of a segment are kept.
struct LineFilter<'f, 'm> {
    seeker: &'f mut Seeker<'m>,
    invert: bool,
    port: &'f Sender<'f, Batch>,
    advance: &'f dyn Fn(u64),
    batch: Batch,
    /// Length of a byte-order mark in bytes; it is kept with the first line.
    mark: u64,
    /// The start of a long line, and whether it has matched so far.
    long: Option<(u64, bool)>,
}

impl LineFilter<'_, '_> {
    /// Returns the start of a line in the file; the scanner passes its start without a byte-order mark.
    fn begin(&self, offset: u64) -> u64 {
        if offset == self.mark { 0 } else { offset }
    }

    fn push(&mut self, begin: u64, end: u64) {
        if begin == end {
            return;
        }
        let begin = self.begin(begin);
        match self.batch.runs.last_mut() {
            Some(last) if last.1 == begin => last.1 = end,
            _ => must(memory::push(&mut self.batch.runs, (begin, end))),
        }
    }
}

impl Visit for LineFilter<'_, '_> {
    fn mark(&mut self, len: u64) {
        self.mark = len;
        (self.advance)(len);
    }

    fn lines(&mut self, offset: u64, text: &[u8]) -> Result<(), JobError> {
        // Lines before `at` are decided; kept lines before `kept` are in the batch.
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
        (self.advance)(text.len() as u64);
        let ended = memchr::memrchr(b'\n', text).map_or(0, |feed| feed + 1);
        self.batch.upto = self.begin(offset + ended as u64);
        self.batch.seen = offset + text.len() as u64;
        if self.batch.runs.len() >= MAX_BATCH_RUNS {
            return self.port.give(take(&mut self.batch));
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
        (self.advance)(end - (piece.offset + piece.from as u64));
        if let Some(next) = piece.next {
            if matched != self.invert {
                self.push(piece.line, next);
            }
            let is_ended = next > piece.offset + piece.text.len() as u64;
            self.batch.upto = if is_ended { next } else { self.begin(piece.line) };
            self.batch.seen = next;
        }
        Ok(())
    }
}
