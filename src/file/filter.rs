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
//! More than [`MAX_RUN_BYTES`] of that are a failure of the job, and what was found until then stays. How it grows with its
//! file is told in [`growth`](super::growth).

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

/// Runs that are brought at once, at most.
const MAX_BATCH_RUNS: usize = 16 << 10;

/// Bytes that are read at once of runs that are close to each other.
const WINDOW: usize = if cfg!(test) { 512 } else { 64 << 10 };

/// Which lines are kept.
pub(super) struct Rule {
    pub patterns: LinePatterns,
    pub invert: bool,
    /// Threads that look at lines.
    pub threads: usize,
    /// Made by the first one who looks at lines.
    matcher: OnceLock<LineMatcher>,
}

impl Rule {
    pub fn new(patterns: LinePatterns, invert: bool, threads: usize) -> Rule {
        Rule { patterns, invert, threads, matcher: OnceLock::new() }
    }

    /// Whether a search can begin at once.
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

/// The lines that a filter keeps.
pub(super) struct FilteredLines {
    pub parent: Arc<Snapshot>,
    pub rule: Arc<Rule>,
    /// Shared with filters of this one until either of them changes.
    runs: RwLock<Arc<RunList>>,
    /// Held by who looks at lines.
    pub filling: Gate,
    /// Bytes of lines that the host was told of.
    told: AtomicU64,
}

impl FilteredLines {
    pub fn new(parent: Arc<Snapshot>, rule: Arc<Rule>) -> FilteredLines {
        let (runs, told) = (RwLock::default(), AtomicU64::new(0));
        FilteredLines { parent, rule, runs, filling: Gate::default(), told }
    }

    /// The same lines, of the same content, which grow on their own.
    pub fn twin(&self, parent: Arc<Snapshot>) -> FilteredLines {
        let runs = RwLock::new(Arc::clone(&self.runs()));
        let twin = FilteredLines { runs, ..FilteredLines::new(parent, Arc::clone(&self.rule)) };
        twin.tell();
        twin
    }

    pub fn runs(&self) -> RwLockReadGuard<'_, Arc<RunList>> {
        self.runs.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Arc<RunList>) -> T) -> T {
        change(&mut self.runs.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether all that is known of the file was looked at.
    pub fn is_filled(&self) -> bool {
        self.runs().seen() >= self.parent.size()
    }

    /// Whether there are lines that the host was not told of.
    pub fn has_news(&self) -> bool {
        self.runs().total() > self.told.load(Ordering::Acquire)
    }

    /// The host knows of the lines that there are.
    pub fn tell(&self) {
        self.told.store(self.runs().total(), Ordering::Release);
    }

    /// Whether the job that was given this looks no more at what the file grows by.
    pub fn has_ended(&self, ended: &AtomicBool) -> bool {
        let _runs = self.runs();
        ended.load(Ordering::Relaxed)
    }

    /// Looks at the lines of the file that were not looked at, however many these become meanwhile. `ended` tells that it will
    /// look no more: it is set under the lock of the runs, so who looks at it under that one after growth cannot be passed
    /// over. The unit of progress is the byte of the file. Only for who holds [`FilteredLines::filling`].
    pub fn fill(&self, filler: &dyn Filler, ended: &AtomicBool) -> Result<(), JobError> {
        let is_cancelled = || filler.is_cancelled();
        let go_on = || if filler.is_cancelled() { Err(JobError::Cancelled) } else { Ok(()) };
        filler.expect(self.parent.size());
        let matcher = self.rule.matcher(&is_cancelled)?;
        // The last line may be looked at twice.
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
                            "the lines are in so many pieces that the list of them takes more than {} MiB",
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
        }
    }
}

/// A failure of the file that was filtered.
fn refused(trouble: &FileError) -> io::Error {
    let kind = if trouble.changed { io::ErrorKind::UnexpectedEof } else { io::ErrorKind::Other };
    io::Error::new(kind, trouble.message.clone())
}

/// The lines that a filter keeps, as a file: until the last one of them is kept no more.
pub(super) struct View {
    kept: Arc<FilteredLines>,
    cuts: u64,
}

impl View {
    pub fn new(kept: &Arc<FilteredLines>) -> View {
        View { kept: Arc::clone(kept), cuts: kept.runs().cuts() }
    }

    /// Whether the last line of those that were seen here is kept no more.
    pub fn is_cut(&self) -> bool {
        self.kept.runs().cuts() != self.cuts
    }
}

impl View {
    /// Bytes of the lines, and how far the file was looked at for them.
    fn extent(&self) -> io::Result<(u64, u64)> {
        let runs = self.kept.runs();
        if runs.cuts() != self.cuts {
            let message =
                "the last line has become longer, and the filter keeps it no more; refresh it";
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
        // A batch of runs at a time: the file is read without the lock.
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
                // Where it begins here and in the file, the first one in its middle.
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

/// Who decides about the lines of a segment.
struct LineFilter<'f, 'm> {
    seeker: &'f mut Seeker<'m>,
    invert: bool,
    port: &'f Sender<'f, Batch>,
    advance: &'f dyn Fn(u64),
    batch: Batch,
    /// Bytes of a byte-order mark, which go with the first line.
    mark: u64,
    /// A long line, and whether it has matched until now.
    long: Option<(u64, bool)>,
}

impl LineFilter<'_, '_> {
    /// Where a line begins in the file that is looked at from an offset on.
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
