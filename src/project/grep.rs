//! The search through a tree: every line that matches, in every file that a walk finds.
//!
//! # How are files read?
//!
//! In pieces, never as a map: a mapped file that is truncated ends the process. Byte-order marks are seen, and UTF-16 is
//! translated, as ripgrep does; offsets are then those in the translation. The parts are ripgrep's own: grep-searcher
//! and grep-regex.
//!
//! # Why not rille's own search?
//!
//! Its engines are the same ones, and what grep-regex adds is made for lines: it looks for the rarest literal inside of a
//! pattern first and at the rest of the line then. One literal is found at the same speed by all, three words by
//! `rille.regex` too (by `rille.literals` 25 times slower), and a pattern with a literal inside a hundred times as fast as by
//! `rille.regex` (`bench/engine/jobs.rs`, "which engine finds the lines"). So compiled ones are no patterns here: a search
//! wants their text, and compiles it for lines.
//!
//! # When does it see that it is cancelled?
//!
//! Between pieces of about a millisecond, in long lines as well: `lines.rs` and `stepped.rs` tell how. Only
//! compiling the pattern cannot be given up: a tenth of a millisecond for most, 10 ms for `(\w+\W+){20}`, a quarter of a
//! second for `\w{1000}`.
//!
//! # What are its limits?
//!
//! A line of more than [`LONGEST_LINE`] bytes, and with `multi_line` a file of more than [`LONGEST_FILE`], is an error
//! among the results.

use super::lines::{Compiled, Lines, Pattern};
use super::matches::{Found, Matches};
use super::paths::Kind;
use super::traverse::traverse;
use super::tree::{self, Crew, Place, Prepared, Visit};
use super::walk::{self, Refused};
use crate::io_error;
use crate::job::{self, Job, Stop, Worker};
use crate::search;
use bstr::ByteSlice;
use grep_matcher::Matcher;
use grep_searcher::{
    BinaryDetection, MmapChoice, Searcher, SearcherBuilder, Sink, SinkContext, SinkMatch,
};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Longest line, in bytes.
pub const LONGEST_LINE: usize = 8 << 20;

/// Longest file that is searched with `multi_line`, in bytes.
pub const LONGEST_FILE: usize = 64 << 20;

/// Lines of a batch, and bytes of its text, at most but for the last line.
const BATCH: usize = 256;
const BATCH_TEXT: usize = 64 << 10;

/// How long a line waits for its batch to become full.
const PATIENCE: Duration = Duration::from_millis(4);

/// What is an upper and a lower case letter to a search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// Two letters.
    #[default]
    Respect,
    /// One letter.
    Ignore,
    /// One letter, unless the pattern has an upper-case one.
    Smart,
}

/// What to search for.
#[derive(Clone, Debug, Default)]
pub struct Options<'o> {
    /// A line matches if one of these does.
    pub patterns: Vec<&'o [u8]>,
    /// Patterns are literals.
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
    pub max_count: u64,
    /// Most lines in all, or 0.
    pub max_total: u64,
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
    pub fn weight(&self) -> usize {
        self.batch.weight()
    }
}

/// What all threads of a search share.
struct Plan {
    worker: Worker<Chunk>,
    searcher: SearcherBuilder,
    matcher: Compiled,
    invert: bool,
    max_total: u64,
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
        !self.texts.is_empty() && self.texts.iter().any(|text| text.absolute == *tree::bytes(path))
    }
}

impl Crew for Plan {
    type Visitor<'c> = Visitor<'c>;

    fn visitor(&self) -> Visitor<'_> {
        Visitor::new(&self.worker, self, self.searcher.build())
    }
}

/// Starts a search. Its unit of progress is the file.
pub fn grep(
    root: &[u8],
    tree: &walk::Options<'_>,
    options: &Options<'_>,
) -> Result<Job<Chunk>, Refused> {
    let prepared = Prepared::new(root, tree)?;
    let pattern = read(options)?;
    let invert = options.invert;
    let max_total = if options.max_total == 0 { u64::MAX } else { options.max_total };
    let text = |(path, text): &(&[u8], &[u8])| {
        let absolute = prepared.root.locate(path).unwrap_or_default();
        Text { path: path.to_vec(), absolute, text: text.to_vec() }
    };
    let texts: Vec<Text> = options.texts.iter().map(text).collect();
    let searcher = searcher(options);
    Ok(job::start(move |worker| {
        let matcher = pattern.compile().map_err(Stop::Failed)?;
        let (worker, total) = (worker.clone(), AtomicU64::new(0));
        let mut plan =
            Plan { worker, searcher, matcher, invert, max_total, total, texts: Vec::new() };
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

/// Looks at the patterns, each for itself.
fn read(options: &Options<'_>) -> Result<Pattern, Refused> {
    let mut texts = Vec::with_capacity(options.patterns.len());
    let mut literal = true;
    for (at, pattern) in options.patterns.iter().enumerate() {
        let wrong = |reason: &str| {
            let of = format!("pattern {} of {}", at + 1, options.patterns.len());
            Refused::Pattern(format!("{of}: {reason}"))
        };
        let text =
            pattern.to_str().map_err(|_| wrong("it is not UTF-8; write a byte as (?-u:\\xFF)"))?;
        let parsed = if options.fixed {
            Hir::literal(*pattern)
        } else {
            let parser = ParserBuilder::new().utf8(false).multi_line(true).build().parse(text);
            parser.map_err(|error| {
                // The same words as those for a rille.regex, which meets the mistake before it compiles anything.
                let own = search::RegexSet::new(&options.patterns, &search::Options::default());
                let own = own.err().map(|own| own.message);
                Refused::Pattern(own.unwrap_or_else(|| error.to_string()))
            })?
        };
        if !options.multi_line {
            if has_byte(&parsed, b'\n') {
                return Err(wrong("a line has no line feed in it; search with multiline"));
            } else if !options.binary && has_byte(&parsed, 0) {
                return Err(wrong("a text file has no zero byte in it; search with binary"));
            }
        }
        literal &= parsed.properties().is_alternation_literal();
        texts.push(text.to_owned());
    }
    Ok(Pattern::new(texts, options, literal))
}

/// Whether a pattern asks for a byte.
fn has_byte(pattern: &Hir, byte: u8) -> bool {
    match pattern.kind() {
        HirKind::Literal(literal) => literal.0.contains(&byte),
        HirKind::Repetition(inner) => has_byte(&inner.sub, byte),
        HirKind::Capture(inner) => has_byte(&inner.sub, byte),
        HirKind::Concat(list) | HirKind::Alternation(list) => {
            list.iter().any(|inner| has_byte(inner, byte))
        }
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => false,
    }
}

fn searcher(options: &Options<'_>) -> SearcherBuilder {
    let binary = if options.binary { BinaryDetection::none() } else { BinaryDetection::quit(0) };
    let limit = if options.multi_line { LONGEST_FILE } else { LONGEST_LINE };
    let mut builder = SearcherBuilder::new();
    builder
        .multi_line(options.multi_line)
        .invert_match(options.invert)
        .before_context(options.context)
        .after_context(options.context)
        .max_matches((options.max_count > 0).then_some(options.max_count))
        .binary_detection(binary)
        .heap_limit(Some(limit))
        .memory_map(MmapChoice::never());
    builder
}

/// What one thread does.
struct Visitor<'w> {
    worker: &'w Worker<Chunk>,
    plan: &'w Plan,
    searcher: Searcher,
    matcher: Lines<'w>,
    collector: Collector<'w>,
}

impl<'w> Visitor<'w> {
    fn new(worker: &'w Worker<Chunk>, plan: &'w Plan, searcher: Searcher) -> Visitor<'w> {
        let collector = Collector {
            worker,
            plan,
            matcher: Lines::new(worker, &plan.matcher),
            batch: Matches::default(),
            since: Instant::now(),
            path: Vec::new(),
            has_path: false,
            found: false,
            full: false,
        };
        Visitor { worker, plan, searcher, matcher: Lines::new(worker, &plan.matcher), collector }
    }

    /// Searches the texts in memory, and tells whether to go on.
    fn search_texts(&mut self) -> Result<bool, Stop> {
        for text in &self.plan.texts {
            self.collector.begin(&[&text.path]);
            if !self.search(text.text.as_slice())? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Searches one file, and tells whether to go on with others.
    fn search(&mut self, source: impl Read) -> Result<bool, Stop> {
        let source = Watched { source, worker: self.worker };
        let result = self.searcher.search_reader(&self.matcher, source, &mut self.collector);
        self.worker.go_on()?;
        if let Err(error) = result {
            self.collector.tell(Found::Error, &io_error::message(&error));
        }
        self.worker.advance(1);
        self.collector.flush_if_due()?;
        Ok(!self.collector.full)
    }
}

impl Visit for Visitor<'_> {
    const SHARES_FILES: bool = true;

    fn see(&mut self, found: &tree::Found<'_>) -> Result<bool, Stop> {
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

    fn fail(&mut self, root: &[u8], rest: &[u8], message: &str) -> Result<bool, Stop> {
        self.collector.begin(&[root, rest]);
        self.collector.tell(Found::Error, message);
        self.collector.flush_if_due().map(|()| true)
    }

    fn go_on(&self) -> Result<(), Stop> {
        self.worker.go_on()
    }

    fn patience(&self) -> Option<Duration> {
        let collector = &self.collector;
        let waits = !collector.batch.is_empty();
        waits.then(|| PATIENCE.saturating_sub(collector.since.elapsed()))
    }

    fn flush(&mut self) -> Result<(), Stop> {
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
    /// For the spans.
    matcher: Lines<'w>,
    batch: Matches,
    since: Instant,
    /// Path of the file that is searched.
    path: Vec<u8>,
    /// Whether the batch has it.
    has_path: bool,
    /// Whether something was found in it.
    found: bool,
    /// Whether the limit of all lines is reached.
    full: bool,
}

impl Collector<'_> {
    fn begin(&mut self, path: &[&[u8]]) {
        self.path.clear();
        path.iter().for_each(|part| self.path.extend_from_slice(part));
        (self.has_path, self.found) = (false, false);
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

    fn flush_if_due(&mut self) -> Result<(), Stop> {
        let full = self.batch.len() >= BATCH || self.batch.text().len() >= BATCH_TEXT;
        if full || (!self.batch.is_empty() && self.since.elapsed() >= PATIENCE) {
            return self.flush();
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Stop> {
        self.since = Instant::now();
        self.has_path = false;
        if self.batch.is_empty() {
            return Ok(());
        }
        let batch = std::mem::take(&mut self.batch);
        let weight = batch.weight();
        self.worker.publish(Chunk { batch: Arc::new(batch), from: 0 }, weight)
    }
}

/// A line without what ends it.
fn trim(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

impl Sink for Collector<'_> {
    type Error = io::Error;

    fn matched(&mut self, _: &Searcher, found: &SinkMatch<'_>) -> io::Result<bool> {
        let before = self.plan.total.fetch_add(1, Ordering::Relaxed);
        if before >= self.plan.max_total {
            // One thread tells, the first one that finds more than is wanted.
            if before == self.plan.max_total {
                let message = format!("there are more than {}", self.plan.max_total);
                self.tell(Found::Stopped, &message);
            }
            self.full = true;
            return Ok(false);
        }
        let (text, first) = (trim(found.bytes()), self.batch.span_count());
        if !self.plan.invert {
            let batch = &mut self.batch;
            self.matcher.find_iter(found.bytes(), |span| {
                let inside = span.start() <= text.len();
                if inside && (span.start() < text.len() || span.start() == span.end()) {
                    batch.push_span(span.start(), span.end().min(text.len()));
                }
                true
            })?;
        }
        let line = found.line_number().unwrap_or(0);
        self.push(Found::Match, text, line, found.absolute_byte_offset(), first);
        self.found = true;
        if before == 0 {
            // The first one of all goes out alone: somebody looks at an empty list.
            return Ok(self.flush().is_ok());
        }
        Ok(self.flush_if_due().is_ok())
    }

    fn context(&mut self, _: &Searcher, context: &SinkContext<'_>) -> io::Result<bool> {
        let (text, line) = (trim(context.bytes()), context.line_number().unwrap_or(0));
        let first = self.batch.span_count();
        self.push(Found::Context, text, line, context.absolute_byte_offset(), first);
        Ok(self.flush_if_due().is_ok())
    }

    fn binary_data(&mut self, searcher: &Searcher, offset: u64) -> io::Result<bool> {
        if self.found && searcher.binary_detection().quit_byte().is_some() {
            let message =
                format!("a zero byte at offset {offset}: the rest of the file was not searched");
            self.tell(Found::Stopped, &message);
        }
        Ok(true)
    }
}
