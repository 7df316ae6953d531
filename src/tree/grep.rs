//! Searches a tree: finds all matching lines in the files that a walk finds.
//!
//! # How are files read?
//!
//! In pieces, never as a memory map: truncating a mapped file would kill the process. Byte-order marks are recognized and
//! UTF-16 is converted, as in ripgrep; offsets are those in the file, including the mark. [The line
//! matcher](crate::search::lines), which other searches share, decides which lines match.
//!
//! # When does it notice that it is cancelled?
//!
//! After pieces of about a millisecond, also within long lines. Only the compilation of one pattern cannot be
//! interrupted: a tenth of a millisecond for most, 10 ms for `(\w+\W+){20}`, a quarter of a second for `\w{1000}`.
//!
//! # What are its limits?
//!
//! A line of more than [`MAX_LINE_BYTES`] bytes, and with `multi_line` a file of more than [`MAX_MULTILINE_FILE_BYTES`],
//! is reported as an error among the results.

use crate::io_error;
use crate::job::{self, Job, JobError, Worker};
use crate::memory::{self, must};
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
pub use crate::tree::lines::{MAX_LINE_BYTES, MAX_MULTILINE_FILE_BYTES};

/// Maximum number of lines in a batch, and of bytes of its text; the last line may exceed the latter.
const MAX_BATCH_LINES: usize = 256;
const MAX_BATCH_BYTES: usize = 64 << 10;

/// Maximum time that a line waits for its batch to be published.
const MAX_BATCH_DELAY: Duration = Duration::from_millis(4);

/// Options of a search.
#[derive(Clone, Default)]
pub struct GrepOptions<'o> {
    /// Patterns, at least one of which has to match.
    pub patterns: Vec<PatternSource<'o>>,
    /// Patterns given as text are literals, not regular expressions.
    pub fixed: bool,
    /// When patterns are case-sensitive.
    pub case: Case,
    /// Matches have to be whole words.
    pub word: bool,
    /// Find the lines that do not match.
    pub invert: bool,
    /// Matches may span several lines.
    pub multi_line: bool,
    /// Search binary files, which contain a zero byte, like others.
    pub binary: bool,
    /// Number of context lines before and after each match.
    pub context: usize,
    /// Maximum number of matching lines per file, or 0 for no limit.
    pub limit_per_file: u64,
    /// Maximum number of matching lines in total, or 0 for no limit.
    pub limit: u64,
    /// Texts in memory, as pairs of path and text: searched first, and instead of the files with the same paths.
    pub texts: Vec<(&'o [u8], &'o [u8])>,
}

/// A batch of lines, and the number of lines already taken from it.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    /// The batch of lines.
    pub batch: Arc<Matches>,
    /// Number of its lines that were taken.
    pub from: usize,
}

impl Chunk {
    /// Returns the bytes that the batch holds.
    pub fn memory_usage(&self) -> usize {
        self.batch.memory_usage()
    }
}

/// The state shared by all threads of a search.
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
    /// The path as it was passed.
    path: Vec<u8>,
    /// The absolute path of the file that the text replaces.
    absolute: Vec<u8>,
    text: Vec<u8>,
}

impl Plan {
    /// Returns whether a text in memory replaces a file.
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

/// Starts a search in the tree below `root`. Progress is counted in files.
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
        Text { path: must(memory::copy(path)), absolute, text: must(memory::copy(text)) }
    };
    let texts: Vec<Text> = must(memory::collect(options.texts.iter().map(text)));
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
        // A text is searched if the walk would find its file. A text whose path is outside the tree replaces no file.
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

/// The state of one thread of a search.
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

    /// Searches the texts in memory, and returns whether to continue.
    fn search_texts(&mut self) -> Result<bool, JobError> {
        for text in &self.plan.texts {
            self.collector.begin(&[&text.path]);
            if !self.search(text.text.as_slice())? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Searches one file or text, and returns whether to continue with others.
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
                self.collector.report(Found::Error, &io_error::message(&error));
                self.collector.flush_if_due().map(|()| true)
            }
        }
    }

    fn fail(&mut self, root: &[u8], rest: &[u8], message: &str) -> Result<bool, JobError> {
        self.collector.begin(&[root, rest]);
        self.collector.report(Found::Error, message);
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

/// Opens a file without blocking: the path may lead to a pipe by now.
fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.open(path)
}

/// A reader that fails when the job is cancelled.
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

/// Collects the results of one thread in batches.
struct Collector<'w> {
    worker: &'w Worker<Chunk>,
    plan: &'w Plan,
    batch: Matches,
    since: Instant,
    /// Path of the file that is being searched.
    path: Vec<u8>,
    /// Whether the path was added to the batch.
    has_path: bool,
    /// Whether the total limit is reached.
    full: bool,
}

impl Collector<'_> {
    fn begin(&mut self, path: &[&[u8]]) {
        self.path.clear();
        path.iter().for_each(|part| self.path.extend_from_slice(part));
        self.has_path = false;
    }

    /// Appends a line, whose spans were pushed since `first_span`.
    fn push(&mut self, kind: Found, text: &[u8], line: u64, offset: u64, first_span: usize) {
        if !self.has_path {
            self.batch.set_path(&self.path);
            self.has_path = true;
        }
        self.batch.push(kind, text, line, offset, first_span);
    }

    /// Appends a message instead of a line.
    fn report(&mut self, kind: Found, message: &str) {
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
                // Only the first thread that exceeds the limit reports it.
                if before == self.plan.limit {
                    let message =
                        format!("limit of {} lines reached: there are more", self.plan.limit);
                    self.report(Found::Stopped, &message);
                }
                self.full = true;
                return Ok(false);
            }
        }
        let first = self.batch.span_count();
        hit.spans.iter().for_each(|span| self.batch.push_span(span.start, span.stop));
        self.push(hit.kind, hit.text, hit.line, hit.offset, first);
        if before == 0 {
            // The first result is published alone, as the user is looking at an empty list.
            self.flush()?;
        } else {
            self.flush_if_due()?;
        }
        Ok(true)
    }

    fn fail(&mut self, message: &str) {
        self.report(Found::Error, message);
    }

    fn zero(&mut self, offset: u64) {
        let message =
            format!("a zero byte at offset {offset}: the rest of the file was not searched");
        self.report(Found::Stopped, &message);
    }
}
