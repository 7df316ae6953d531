//! Searches a file for all matches, line by line as ripgrep does, in either direction.
//!
//! # In which order do results come?
//!
//! In the order of the file, or backward in the reverse order, for any number of threads. The matches of a segment are
//! available when it and all segments before it have been searched, after a few megabytes; forward, those in and before a
//! long line piece by piece, as the line may be as long as the file.
//!
//! # What are its limits?
//!
//! A line above a mebibyte is searched in pieces that overlap by 64 KiB. If a match may be longer than that, each such
//! line is reported by a result of the kind [`PARTIAL`]: there a longer match may be cut or missed.

use super::index::Mark;
use super::ordered::{Sender, for_each_ordered};
use super::scan::{OVERLAP, Piece, Scanner, Segment, Visit};
use super::snapshot::{SEGMENT, Snapshot};
use crate::job::{JobError, Worker};
use crate::memory::{self, must};
use crate::search::Span;
use crate::search::lines::{LinePatterns, Seeker, trim_line_terminator};
use crate::text::kernel;
use std::mem::take;
use std::sync::Arc;

/// Maximum number of matches in a batch.
const BATCH: usize = if cfg!(test) { 64 } else { 4096 };

/// Size in bytes of a segment of a backward search, which needs all matches of a segment to find the last one.
const BACKWARD: u64 = if cfg!(test) { 4 << 10 } else { 256 << 10 };

/// The result is a match.
pub const MATCH: u32 = 0;
/// The line at this place was searched in pieces, and a match may be longer than the overlap of the pieces.
pub const PARTIAL: u32 = 1;

/// The position of a match.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Match {
    /// Offset of its first byte.
    pub offset: f64,
    /// Offset of the start of its line.
    pub line_offset: f64,
    /// Number of its line, counted from 1; 0 if the index has not reached it yet.
    pub line: f64,
    /// Length of the match in bytes.
    pub length: u32,
    /// [`MATCH`] or [`PARTIAL`].
    pub kind: u32,
}

/// Options of a search in a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct SearchOptions {
    /// Where to start: forward, each match starts there or after it; backward, each starts before it.
    pub from: Option<u64>,
    /// Return the last match first.
    pub backward: bool,
    /// Maximum number of matches; 0 for no limit.
    pub limit: u64,
    /// Count matches without returning them.
    pub count: bool,
    /// Count matching lines only, which is faster.
    pub lines: bool,
}

impl SearchOptions {
    fn is_wanted(&self, offset: u64) -> bool {
        self.from.is_none_or(|from| (offset < from) == self.backward)
    }
}

/// A batch of matches, and the totals up to its end.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The matches; empty if they are only counted.
    pub matches: Arc<Vec<Match>>,
    /// How many of them were taken.
    pub taken: usize,
    /// Number of matches so far.
    pub total: u64,
    /// Number of lines with matches so far.
    pub lines: u64,
}

impl Found {
    /// Returns the memory of the batch in bytes.
    pub fn memory_usage(&self) -> usize {
        size_of::<Found>() + self.matches.capacity() * size_of::<Match>()
    }
}

/// The matches of a segment, or a part of them.
#[derive(Default)]
struct Part {
    matches: Vec<Match>,
    total: u64,
    lines: u64,
    /// Number of bytes searched.
    bytes: u64,
}

impl Part {
    /// Adds a match in a line, or in a piece of a long line.
    fn push(&mut self, offset: u64, line: (u64, f64), span: Span) {
        must(memory::reserve(&mut self.matches, 1));
        self.matches.push(Match {
            offset: (offset + span.start as u64) as f64,
            line_offset: line.0 as f64,
            line: line.1,
            length: (span.stop - span.start) as u32,
            kind: MATCH,
        });
    }

    /// Drops all matches after the first `most`.
    fn keep(&mut self, most: u64) {
        let (mut left, mut line) = (most, -1.0);
        (self.total, self.lines) = (most, 0);
        self.matches.retain(|found| {
            let keep = left > 0;
            if keep && found.kind == MATCH {
                left -= 1;
                self.lines += u64::from(found.line_offset != line);
                line = found.line_offset;
            }
            keep
        });
    }
}

impl Snapshot {
    /// Runs a search. The unit of progress is the byte.
    pub fn search(
        &self,
        patterns: &LinePatterns,
        options: SearchOptions,
        threads: usize,
        worker: &Worker<Found>,
    ) -> Result<(), JobError> {
        let is_cancelled = || worker.is_cancelled();
        let matcher = patterns.compile(&is_cancelled)?;
        let size = self.size();
        let bounds = match options.from {
            Some(from) if options.backward => (0, from.min(size)),
            // The line may begin before this offset.
            Some(from) => (from.min(size), size),
            None => (0, size),
        };
        let unit = if options.backward { BACKWARD } else { SEGMENT };
        let (first, last) = (bounds.0 / unit, bounds.1.div_ceil(unit));
        worker.expect(bounds.1 - bounds.0);
        let before = if options.backward { 0 } else { self.begin_of_line(bounds.0, unit, worker)? };
        // A line that begins in an earlier segment may reach the start of the search.
        let pieces = (last.saturating_sub(first)) + before;
        let work = |own: &mut (Scanner, Seeker<'_>), piece: u64, port: &Sender<'_, Part>| {
            let number = match () {
                () if options.backward => last - 1 - piece,
                () => first - before + piece,
            };
            let (begin, end) = (number * unit, ((number + 1) * unit).min(size));
            let segment = Segment { begin, end, size };
            let (scanner, seeker) = own;
            let part = Part::default();
            let snapshot = self;
            let longest = matcher.longest();
            let mut finder = Finder {
                snapshot,
                seeker,
                longest,
                options,
                bounds,
                port,
                worker,
                part,
                mark: 0,
                long: None,
            };
            scanner.scan(self, segment, &mut finder, || worker.go_on())?;
            finder.finish()
        };
        let limit = if options.limit == 0 || options.count || options.lines {
            u64::MAX
        } else {
            options.limit
        };
        let (mut total, mut lines) = (0, 0);
        let bring = |mut part: Part| {
            worker.advance(part.bytes);
            if part.total > limit - total {
                part.keep(limit - total);
            }
            total += part.total;
            lines += part.lines;
            if part.lines > 0 || part.total > 0 || !part.matches.is_empty() {
                let matches = Arc::new(part.matches);
                let found = Found { matches, taken: 0, total, lines };
                let weight = found.memory_usage();
                worker.publish(found, weight)?;
            }
            Ok(total < limit)
        };
        let fresh = || (Scanner::default(), matcher.seeker(&is_cancelled));
        for_each_ordered(pieces, threads, fresh, work, bring)?;
        if (options.count || options.lines) && (total, lines) == (0, 0) {
            // No batch was published, but a count of 0 is a result too.
            let found = Found::default();
            let weight = found.memory_usage();
            worker.publish(found, weight)?;
        }
        Ok(())
    }

    /// Returns how many segments before the segment of `offset` its line begins.
    fn begin_of_line(
        &self,
        offset: u64,
        unit: u64,
        worker: &Worker<Found>,
    ) -> Result<u64, JobError> {
        if offset == 0 {
            return Ok(0);
        }
        let own = offset / unit;
        let (mut buffer, mut end) = (memory::filled(0, 64 << 10)?, offset);
        while end > 0 {
            worker.go_on()?;
            let begin = end.saturating_sub(buffer.len() as u64);
            let piece = &mut buffer[..(end - begin) as usize];
            self.fill(piece, begin)?;
            if let Some(feed) = memchr::memrchr(b'\n', piece) {
                return Ok(own - own.min((begin + feed as u64 + 1) / unit));
            }
            end = begin;
        }
        Ok(own)
    }
}

/// Finds the matches of a segment.
struct Finder<'f, 'm> {
    snapshot: &'f Snapshot,
    seeker: &'f mut Seeker<'m>,
    longest: Option<usize>,
    options: SearchOptions,
    bounds: (u64, u64),
    port: &'f Sender<'f, Part>,
    worker: &'f Worker<Found>,
    part: Part,
    /// Length in bytes of a byte-order mark before the first line.
    mark: u64,
    long: Option<Long>,
}

/// A long line that was searched in part.
struct Long {
    line: u64,
    /// Its number, or 0 if that is not known.
    number: f64,
    /// End of the last match in it.
    searched: u64,
    /// Whether it has a match.
    found: bool,
}

/// A place with a known number of preceding line feeds, if there is one.
#[derive(Clone, Copy)]
struct Known(Option<Mark>);

impl Finder<'_, '_> {
    /// Returns the number of bytes from `begin` to `end` that lie within the bounds of the search.
    fn wanted(&self, begin: u64, end: u64) -> u64 {
        end.min(self.bounds.1).saturating_sub(begin.max(self.bounds.0))
    }

    /// Sends the matches if there are many and their order need not be reversed.
    fn bring_if_full(&mut self) -> Result<(), JobError> {
        if self.part.matches.len() < BATCH || self.options.backward {
            return Ok(());
        }
        self.bring()
    }

    /// Sends the matches.
    fn bring(&mut self) -> Result<(), JobError> {
        let matches = take(&mut self.part.matches);
        let part = Part { matches, ..take(&mut self.part) };
        self.port.give(part)
    }

    fn finish(mut self) -> Result<(), JobError> {
        self.part.matches.reverse();
        if !self.options.backward {
            self.part.matches.reverse();
        }
        self.port.give(self.part)
    }

    /// Returns the number of a line in a buffer, or 0 if finding it would take more reading than a call may do.
    fn number(
        &self,
        known: &mut Known,
        offset: u64,
        text: &[u8],
        line: usize,
    ) -> Result<f64, JobError> {
        let at = offset + line as u64;
        let mark = match known.0 {
            Some(mark) => mark,
            None => {
                let index = self.snapshot.index();
                if index.upto().offset < at {
                    return Ok(0.0);
                }
                let before = index.before_offset(at);
                let behind = index.mark_after(before);
                drop(index);
                let end = offset + text.len() as u64;
                if before.offset >= offset {
                    before
                } else if (at..=end).contains(&behind.offset) {
                    let between = &text[line..(behind.offset - offset) as usize];
                    let feeds = behind.feeds - kernel::count_newlines(between) as u64;
                    Mark { offset: at, feeds }
                } else {
                    let feeds = self.snapshot.feeds_before(at)?;
                    let Some(feeds) = feeds else { return Ok(0.0) };
                    Mark { offset: at, feeds }
                }
            }
        };
        let between = &text[(mark.offset - offset) as usize..line];
        let feeds = mark.feeds + kernel::count_newlines(between) as u64;
        known.0 = Some(Mark { offset: at, feeds });
        Ok(feeds as f64 + 1.0)
    }
}

impl Visit for Finder<'_, '_> {
    fn mark(&mut self, len: u64) {
        self.mark = len;
        self.part.bytes += self.wanted(0, len);
    }

    fn lines(&mut self, offset: u64, text: &[u8]) -> Result<(), JobError> {
        self.part.bytes += self.wanted(offset, offset + text.len() as u64);
        let (mut at, mut known, mut since) = (0, Known(None), 0);
        while at < text.len()
            && let Some(candidate) = self.seeker.candidate(text, at)?
        {
            let (start, next) = (candidate.start, candidate.stop);
            at = next;
            if self.options.lines {
                self.part.lines += u64::from(self.seeker.test(text, &candidate)?);
                continue;
            }
            let line = trim_line_terminator(&text[start..next]);
            if self.options.count {
                let count = self.seeker.count(line)? as u64;
                self.part.total += count;
                self.part.lines += u64::from(count > 0);
                continue;
            }
            let before = self.part.matches.len();
            let here = offset + start as u64;
            let begin = if here == self.mark { 0 } else { here };
            let Finder { seeker, part, options, .. } = self;
            seeker.spans(line, 0, |span| {
                if options.is_wanted(here + span.start as u64) {
                    part.push(here, (begin, 0.0), span);
                }
                true
            })?;
            let found = self.part.matches.len() - before;
            if found > 0 {
                self.part.total += found as u64;
                self.part.lines += 1;
                let number = self.number(&mut known, offset, text, start)?;
                self.part.matches[before..].iter_mut().for_each(|found| found.line = number);
                since += found;
                if since >= BATCH / 4 {
                    since = 0;
                    self.bring_if_full()?;
                }
            }
        }
        Ok(())
    }

    fn piece(&mut self, piece: &Piece<'_>) -> Result<(), JobError> {
        if self.long.as_ref().is_none_or(|long| long.line != piece.line) {
            let number = self.snapshot.line_at(piece.line)?.known().unwrap_or(0) as f64;
            let (line, searched) = (piece.line, piece.line);
            self.long = Some(Long { line, number, searched, found: false });
            if self.longest.is_none_or(|longest| longest > OVERLAP) {
                let (offset, line_offset) = (line as f64, line as f64);
                let kind = PARTIAL;
                self.part.matches.push(Match {
                    offset,
                    line_offset,
                    line: number,
                    length: 0,
                    kind,
                });
            }
        }
        // Report progress for each piece, because a long line takes a while.
        let end = piece.next.unwrap_or(piece.offset + piece.to as u64);
        self.worker.advance(self.wanted(piece.offset + piece.from as u64, end));
        let Some(mut long) = self.long.take() else { return Ok(()) };
        let from = piece.from.max(long.searched.saturating_sub(piece.offset) as usize);
        let mut count = 0;
        let begin = if long.line == self.mark { 0 } else { long.line };
        let Finder { seeker, part, options, .. } = self;
        seeker.spans(piece.text, from, |span| {
            if span.start >= piece.to {
                return false;
            }
            long.searched = piece.offset + span.stop as u64;
            if options.count || options.lines {
                count += 1;
            } else if options.is_wanted(piece.offset + span.start as u64) {
                count += 1;
                part.push(piece.offset, (begin, long.number), span);
            }
            true
        })?;
        self.part.total += if self.options.lines { 0 } else { count };
        self.part.lines += u64::from(count > 0 && !long.found);
        long.found |= count > 0;
        self.long = Some(long);
        // The rest of the line may be as long as the file.
        if self.part.matches.is_empty() || self.options.backward { Ok(()) } else { self.bring() }
    }
}
