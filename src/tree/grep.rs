//! The search through a tree: every line that matches, in every file that a walk finds.
//!
//! # How are files read?
//!
//! In pieces, never as a map: a mapped file that is truncated ends the process. Byte-order marks are seen, and UTF-16 is
//! translated, as ripgrep does; offsets are those in the file, the mark included. Which lines match is decided by
//! [the one line matcher](crate::search::lines).
//!
//! # When does it see that it is cancelled?
//!
//! After pieces of about a millisecond, in long lines as well. Only compiling one pattern cannot be given up: a tenth of a
//! millisecond for most, 10 ms for `(\w+\W+){20}`, a quarter of a second for `\w{1000}`.
//!
//! # What are its limits?
//!
//! A line of more than [`MAX_LINE_BYTES`] bytes, and with `multi_line` a file of more than [`MAX_MULTILINE_FILE_BYTES`], is an error
//! among the results.

use crate::io_error;
use crate::job::{self, Job, JobError, Worker};
use crate::search::lines::{LineMatcher, LineOptions, LinePatterns, PatternSource};
use crate::tree::lines::{Hit, Scanner, Sink, Wanted};
use crate::tree::matches::{Found, Matches};
use crate::tree::paths::Kind;
use crate::tree::selection::{self, Crew, Place, Prepared, Visit};
use crate::tree::traverse::traverse;
use crate::tree::walk::{self, Refused};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub use crate::search::lines::Case;

/// Longest line, in bytes.
pub const MAX_LINE_BYTES: usize = 8 << 20;

/// Longest file that is searched with `multi_line`, in bytes.
pub const MAX_MULTILINE_FILE_BYTES: usize = 64 << 20;

/// Lines of a batch, and bytes of its text, at most but for the last line.
const MAX_BATCH_LINES: usize = 256;
const MAX_BATCH_BYTES: usize = 64 << 10;

/// How long a line waits for its batch to become full.
const MAX_BATCH_DELAY: Duration = Duration::from_millis(4);

/// What to search for.
#[derive(Clone, Default)]
pub struct GrepOptions<'o> {
    /// A line matches if one of these does.
    pub patterns: Vec<PatternSource<'o>>,
    /// Texts are literals.
    pub fixed: bool,
    /// Upper and lower case.
    pub case: Case,
    /// Only whole words.
    pub word: bool,
    /// The lines that do not match.
    pub invert: bool,
    /// A match may go over lines.
    pub multi_line: bool,
    /// Files with a zero byte are searched like others.
    pub binary: bool,
    /// Lines to tell before and after each.
    pub context: usize,
    /// Most lines of a file, or 0.
    pub limit_per_file: u64,
    /// Most lines in all, or 0.
    pub limit: u64,
    /// Texts in memory, with their paths: searched first, and instead of files that have such a path.
    pub texts: Vec<(&'o [u8], &'o [u8])>,
}

/// A batch of lines, and where in it to go on.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    /// The batch.
    pub batch: Arc<Matches>,
    /// How many of its lines were taken.
    pub from: usize,
}

impl Chunk {
    /// Bytes that it holds.
    pub fn memory_usage(&self) -> usize {
        self.batch.memory_usage()
    }
}

/// What all threads of a search share.
struct Plan {
    worker: Worker<Chunk>,
    is_cancelled: Box<dyn Fn() -> bool + Send + Sync>,
    matcher: LineMatcher,
    wanted: Wanted,
    limit: u64,
    total: AtomicU64,
    texts: Vec<Text>,
}

/// A text in memory.
struct Text {
    /// As it was given.
    path: Vec<u8>,
    /// The path of the file that it stands for.
    absolute: Vec<u8>,
    text: Vec<u8>,
}

impl Plan {
    /// Whether there is a text in memory for a file.
    fn has_text(&self, path: &Path) -> bool {
        !self.texts.is_empty()
            && self.texts.iter().any(|text| text.absolute == *selection::bytes(path))
    }
}

impl Crew for Plan {
    type Visitor<'c> = Visitor<'c>;

    fn visitor(&self) -> Visitor<'_> {
        Visitor::new(&self.worker, self)
    }
}

/// Starts a search. Its unit of progress is the file.
pub fn grep(
    root: &[u8],
    tree: &walk::WalkOptions<'_>,
    options: &GrepOptions<'_>,
) -> Result<Job<Chunk>, Refused> {
    let prepared = Prepared::new(root, tree)?;
    let lines = LineOptions {
        fixed: options.fixed,
        case: options.case,
        word: options.word,
        multi_line: options.multi_line,
        strict: true,
        no_zero: !options.binary,
    };
    let patterns = LinePatterns::new(&options.patterns, &lines).map_err(Refused::LinePattern)?;
    let wanted = Wanted {
        invert: options.invert,
        multi_line: options.multi_line,
        binary: options.binary,
        context: options.context,
        limit: options.limit_per_file,
    };
    let limit = if options.limit == 0 { u64::MAX } else { options.limit };
    let text = |(path, text): &(&[u8], &[u8])| {
        let absolute = prepared.root.locate(path).unwrap_or_default();
        Text { path: path.to_vec(), absolute, text: text.to_vec() }
    };
    let texts: Vec<Text> = options.texts.iter().map(text).collect();
    Ok(job::start(move |worker| {
        let asked = worker.clone();
        let is_cancelled = Box::new(move || asked.is_cancelled());
        let matcher = patterns.compile(&is_cancelled)?;
        let (worker, total, none) = (worker.clone(), AtomicU64::new(0), Vec::new());
        let mut plan = Plan { worker, is_cancelled, matcher, wanted, limit, total, texts: none };
        let (go_on, mut faults) = (|| plan.worker.go_on(), Vec::new());
        let tree = prepared.compile(&go_on, &mut |path, message| {
            faults.push((path.to_vec(), message.to_owned()));
        })?;
        // A text is searched if its file would be. One with a name that is none of the tree stands for no file.
        let mut kept = Vec::new();
        for text in texts {
            match tree.place_of(&text.absolute, &go_on)? {
                Place::Outside => kept.push(text),
                Place::LeftOut => {}
                Place::Found(absolute) => kept.push(Text { absolute, ..text }),
            }
        }
        plan.texts = kept;
        let mut first = plan.visitor();
        for (path, message) in faults {
            first.fail(b"", &path, &message)?;
        }
        let more = first.search_texts()?;
        first.flush()?;
        if more {
            traverse(&tree, &Arc::new(plan))?;
        }
        Ok(())
    }))
}

/// What one thread does.
struct Visitor<'w> {
    worker: &'w Worker<Chunk>,
    plan: &'w Plan,
    scanner: Scanner<'w>,
    collector: Collector<'w>,
}

impl<'w> Visitor<'w> {
    fn new(worker: &'w Worker<Chunk>, plan: &'w Plan) -> Visitor<'w> {
        let collector = Collector {
            worker,
            plan,
            batch: Matches::default(),
            since: Instant::now(),
            path: Vec::new(),
            has_path: false,
            full: false,
        };
        let scanner = Scanner::new(plan.matcher.seeker(&*plan.is_cancelled), plan.wanted);
        Visitor { worker, plan, scanner, collector }
    }

    /// Searches the texts in memory, and tells whether to go on.
    fn search_texts(&mut self) -> Result<bool, JobError> {
        for text in &self.plan.texts {
            self.collector.begin(&[&text.path]);
            if !self.search(text.text.as_slice())? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Searches one file, and tells whether to go on with others.
    fn search(&mut self, source: impl Read) -> Result<bool, JobError> {
        let source = Watched { source, worker: self.worker };
        let scanned = self.scanner.scan(source, &mut self.collector);
        self.worker.go_on()?;
        scanned?;
        self.worker.advance(1);
        self.collector.flush_if_due()?;
        Ok(!self.collector.full)
    }
}

impl Visit for Visitor<'_> {
    const SHARES_FILES: bool = true;

    fn see(&mut self, found: &selection::Found<'_>) -> Result<bool, JobError> {
        if found.kind != Kind::File || self.plan.has_text(found.path) {
            return Ok(true);
        }
        self.collector.begin(&[found.root, found.rest]);
        match open(found.path) {
            Ok(file) => self.search(file),
            Err(error) => {
                self.collector.tell(Found::Error, &io_error::message(&error));
                self.collector.flush_if_due().map(|()| true)
            }
        }
    }

    fn fail(&mut self, root: &[u8], rest: &[u8], message: &str) -> Result<bool, JobError> {
        self.collector.begin(&[root, rest]);
        self.collector.tell(Found::Error, message);
        self.collector.flush_if_due().map(|()| true)
    }

    fn go_on(&self) -> Result<(), JobError> {
        self.worker.go_on()
    }

    fn patience(&self) -> Option<Duration> {
        let collector = &self.collector;
        let waits = !collector.batch.is_empty();
        waits.then(|| MAX_BATCH_DELAY.saturating_sub(collector.since.elapsed()))
    }

    fn flush(&mut self) -> Result<(), JobError> {
        self.collector.flush()
    }
}

/// Opens a file without waiting for anything: what was a file a moment ago may be a pipe now.
fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.open(path)
}

/// A source that ends when the job is cancelled.
struct Watched<'w, R> {
    source: R,
    worker: &'w Worker<Chunk>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.worker.is_cancelled() {
            return Err(io::Error::other("cancelled"));
        }
        self.source.read(buffer)
    }
}

/// Where the lines of one thread come together.
struct Collector<'w> {
    worker: &'w Worker<Chunk>,
    plan: &'w Plan,
    batch: Matches,
    since: Instant,
    /// Path of the file that is searched.
    path: Vec<u8>,
    /// Whether the batch has it.
    has_path: bool,
    /// Whether the limit of all lines is reached.
    full: bool,
}

impl Collector<'_> {
    fn begin(&mut self, path: &[&[u8]]) {
        self.path.clear();
        path.iter().for_each(|part| self.path.extend_from_slice(part));
        self.has_path = false;
    }

    /// Appends a line; its spans were pushed since `first_span`.
    fn push(&mut self, kind: Found, text: &[u8], line: u64, offset: u64, first_span: usize) {
        if !self.has_path {
            self.batch.set_path(&self.path);
            self.has_path = true;
        }
        self.batch.push(kind, text, line, offset, first_span);
    }

    /// Appends what is no line.
    fn tell(&mut self, kind: Found, message: &str) {
        self.push(kind, message.as_bytes(), 0, 0, self.batch.span_count());
    }

    fn flush_if_due(&mut self) -> Result<(), JobError> {
        let full =
            self.batch.len() >= MAX_BATCH_LINES || self.batch.text().len() >= MAX_BATCH_BYTES;
        if full || (!self.batch.is_empty() && self.since.elapsed() >= MAX_BATCH_DELAY) {
            return self.flush();
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), JobError> {
        self.since = Instant::now();
        self.has_path = false;
        if self.batch.is_empty() {
            return Ok(());
        }
        let batch = std::mem::take(&mut self.batch);
        let weight = batch.memory_usage();
        self.worker.publish(Chunk { batch: Arc::new(batch), from: 0 }, weight)
    }
}

impl Sink for Collector<'_> {
    fn hit(&mut self, hit: &Hit<'_>) -> Result<bool, JobError> {
        let mut before = 1;
        if hit.kind == Found::Match {
            before = self.plan.total.fetch_add(1, Ordering::Relaxed);
            if before >= self.plan.limit {
                // One thread tells, the first one that finds more than is wanted.
                if before == self.plan.limit {
                    let message = format!("there are more than {}", self.plan.limit);
                    self.tell(Found::Stopped, &message);
                }
                self.full = true;
                return Ok(false);
            }
        }
        let first = self.batch.span_count();
        hit.spans.iter().for_each(|span| self.batch.push_span(span.start, span.stop));
        self.push(hit.kind, hit.text, hit.line, hit.offset, first);
        if before == 0 {
            // The first one of all goes out alone: somebody looks at an empty list.
            self.flush()?;
        } else {
            self.flush_if_due()?;
        }
        Ok(true)
    }

    fn fail(&mut self, message: &str) {
        self.tell(Found::Error, message);
    }

    fn zero(&mut self, offset: u64) {
        let message =
            format!("a zero byte at offset {offset}: the rest of the file was not searched");
        self.tell(Found::Stopped, &message);
    }
}
