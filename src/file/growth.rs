//! Extends a filter when the file that it was made from has changed.
//!
//! # Which file does it read?
//!
//! The file itself, not through the handle of the host: the filter has a document of its own, with the same
//! descriptor but without an index, and refreshes that. So the two are refreshed independently, in any order, and
//! either may be closed without the other. A spool is shared, because it is filled only once. A filter of a filter
//! has its own copy of the inner filter.
//!
//! # Where does it continue?
//!
//! After the last line that has ended. The unfinished line after it may become longer and is matched again. If it was
//! kept and no longer is, the filter has become shorter: reads then fail until the host gets the report "truncated".
//!
//! # What does it cost?
//!
//! Little growth is matched while the host waits, below a millisecond; more growth is matched by a job, which also
//! continues a filter whose own job was cancelled.

use super::filter::{FilteredLines, Rule, View};
use super::snapshot::{FileError, Filler, Snapshot};
use super::{Change, Current, Document, Filter, FilterView};
use crate::job::{self, AnyJob, Job, JobError, JobState, Waker, Worker};
use crate::search::lines::LinePatterns;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

/// Maximum number of bytes to match while the host waits.
const MAX_AT_ONCE: u64 = if cfg!(test) { 512 } else { 32 << 10 };

/// Maximum number of checks in a row of a file that keeps growing by lines that are not kept.
const MAX_LOOKS: usize = 8;

/// Maximum size in bytes of a run list that is copied while the host waits.
const MAX_COPIED: usize = 1 << 20;

/// How far a filter has caught up with its file.
enum Caught {
    /// All known lines of the file were matched, or there are kept lines to report.
    Up,
    /// Lines remain, for a job.
    Short,
    /// The known content of the file is no longer valid.
    Lost(Change),
}

/// How lines are matched during a check, and whether that has failed before.
struct Look<'l> {
    /// Matches lines if possible; returns whether it did.
    fill: &'l dyn Fn(&FilteredLines) -> Result<bool, FileError>,
    /// Whether a job has failed to match all lines: then no caller waits for the rest.
    has_failed: bool,
}

/// The host's own thread, which waits; it reports no progress and is never cancelled.
struct Host;

impl Filler for Host {
    fn is_cancelled(&self) -> bool {
        false
    }

    fn expect(&self, _: u64) {}

    fn advance(&self, _: u64) {}
}

/// A job whose progress counts something else than matched bytes.
struct Unseen<'w, T>(&'w Worker<T>);

impl<T: Send> Filler for Unseen<'_, T> {
    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    fn expect(&self, _: u64) {}

    fn advance(&self, _: u64) {}
}

impl Filter {
    fn new(source: Arc<Document>, rule: Arc<Rule>) -> Result<Filter, FileError> {
        let parent = source.own()?.snapshot();
        Ok(Filter::of(source, Arc::new(FilteredLines::new(parent, rule))))
    }

    fn of(source: Arc<Document>, kept: Arc<FilteredLines>) -> Filter {
        Filter { source, kept, looking: Mutex::default() }
    }

    /// Returns a fresh view of the filter for the host.
    fn current(self: Arc<Filter>, capacity: usize) -> Result<Current, FileError> {
        let view = Arc::new(View::new(&self.kept));
        let snapshot = Snapshot::empty(Box::new(Arc::clone(&view)), capacity);
        snapshot.check_at_hand()?;
        let filter = Some((self, view));
        Ok(Current { filter, ..Current::nowhere(Arc::new(snapshot)) })
    }

    /// Returns the filter that this filter filters, if there is one.
    fn inner(&self) -> Result<Option<FilterView>, FileError> {
        Ok(self.source.own()?.current().filter)
    }

    /// Checks the file and matches the lines that it has grown by. New lines are reported before any other change of
    /// the file, so that a rotation loses nothing.
    fn catch_up(&self, look: &Look<'_>) -> Result<Caught, FileError> {
        let kept = &self.kept;
        for _ in 0..MAX_LOOKS {
            let (change, is_all) = self.look(look)?;
            if kept.is_overwritten() {
                return Ok(Caught::Lost(Change::Replaced));
            }
            if !kept.is_filled() && change != Change::Truncated {
                match (look.fill)(kept) {
                    Ok(true) => {}
                    Ok(false) if !look.has_failed => return Ok(Caught::Short),
                    Ok(false) if change == Change::Replaced => return Ok(Caught::Lost(change)),
                    Ok(false) => return Ok(Caught::Short),
                    Err(_) if change == Change::Replaced => return Ok(Caught::Lost(change)),
                    Err(_) if kept.is_overwritten() => return Ok(Caught::Lost(Change::Replaced)),
                    Err(trouble) => return Err(trouble),
                }
            }
            match change {
                Change::Same if is_all => return Ok(Caught::Up),
                Change::Same => return Ok(Caught::Short),
                Change::Truncated => return Ok(Caught::Lost(change)),
                _ if kept.has_news() => return Ok(Caught::Up),
                Change::Replaced => return Ok(Caught::Lost(change)),
                // None of the new lines was kept; another change may follow.
                Change::Grown => {}
            }
        }
        Ok(Caught::Up)
    }

    /// Checks the file and accepts its growth. Returns the change, and whether that is all of it.
    fn look(&self, look: &Look<'_>) -> Result<(Change, bool), FileError> {
        let current = self.source.own()?.current();
        let snapshot = &current.snapshot;
        let (known, mut is_all) = (snapshot.size(), true);
        if let Some((filter, view)) = &current.filter {
            match filter.catch_up(look)? {
                Caught::Up => {}
                Caught::Short => is_all = false,
                Caught::Lost(change) => return Ok((change, true)),
            }
            if view.is_cut() {
                return Ok((Change::Truncated, true));
            }
            filter.kept.mark_reported();
            snapshot.check()?;
        } else {
            let _looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
            match self.source.look(true)? {
                Change::Grown if current.spool.is_none() => snapshot.accept(snapshot.stat()?)?,
                Change::Same | Change::Grown => {}
                change => return Ok((change, true)),
            }
        }
        let has_grown = snapshot.size() > known;
        Ok((if has_grown { Change::Grown } else { Change::Same }, is_all))
    }

    /// Matches lines while the host waits, if there are few of them.
    fn fill_at_once(kept: &FilteredLines) -> Result<bool, FileError> {
        let is_little = {
            let runs = kept.runs();
            let is_own = Arc::strong_count(&runs) == 1 || runs.memory() <= MAX_COPIED;
            is_own && kept.parent.size() - runs.upto() <= MAX_AT_ONCE
        };
        if !is_little || !kept.rule.is_compiled() {
            return Ok(false);
        }
        Filter::fill_if_free(kept, &Host)
    }

    /// Matches lines, unless another thread is doing it.
    fn fill_if_free(kept: &FilteredLines, filler: &dyn Filler) -> Result<bool, FileError> {
        let Some(_filling) = kept.filling.try_enter() else { return Ok(false) };
        match kept.fill(filler, &AtomicBool::new(false)) {
            Ok(()) => Ok(true),
            Err(JobError::Cancelled) => Ok(false),
            Err(JobError::Changed(message)) => {
                Err(FileError { changed: true, ..FileError::of(message) })
            }
            Err(JobError::Failed(message)) => Err(FileError::of(message)),
        }
    }

    /// Matches all known lines, together with any other thread that does, unless a refresh is needed first.
    fn fill(
        &self,
        worker: &Worker<()>,
        filler: &dyn Filler,
        ended: &AtomicBool,
    ) -> Result<(), JobError> {
        while !self.is_filled()? {
            if let Some((filter, view)) = self.inner()? {
                filter.fill(worker, &Unseen(worker), &AtomicBool::new(false))?;
                if view.is_cut() {
                    return Ok(());
                }
                self.kept.parent.check()?;
            }
            let _filling = self.kept.filling.enter(worker)?;
            self.kept.fill(filler, ended)?;
        }
        Ok(())
    }

    /// Returns the change that a refresh would report now. It is called by a job that follows the filter, and accepts
    /// growth.
    pub fn news<T: Send>(&self, view: &View, worker: &Worker<T>) -> Result<Change, FileError> {
        // Another thread that fills the filter may also have found lines to report.
        let fill = |kept: &FilteredLines| Filter::fill_if_free(kept, &Unseen(worker));
        Ok(match self.catch_up(&Look { fill: &fill, has_failed: false })? {
            Caught::Lost(change) => change,
            _ if view.is_cut() => Change::Truncated,
            _ if self.kept.has_news() => Change::Grown,
            _ => Change::Same,
        })
    }

    /// Returns the size of the kept lines found so far, in bytes.
    pub fn size(&self) -> u64 {
        self.kept.runs().total()
    }

    /// Returns the state of the filtered file; for a filter of filters, of the innermost file.
    pub fn root(&self) -> Result<Current, FileError> {
        let current = self.source.own()?.current();
        match &current.filter {
            Some((filter, _)) => filter.root(),
            None => Ok(current),
        }
    }

    /// Returns whether lines may arrive soon without a report.
    pub fn is_restless(&self) -> Result<bool, FileError> {
        Ok(!self.is_filled()? || self.source.is_restless()?)
    }

    /// Returns whether all known lines were matched.
    pub fn is_filled(&self) -> Result<bool, FileError> {
        let inner = self.inner()?;
        let is_filled = inner.map_or(Ok(true), |(filter, _)| filter.is_filled())?;
        Ok(is_filled && self.kept.is_filled())
    }
}

impl Document {
    /// Returns a document of the same content for a filter, which refreshes it independently.
    fn twin(&self) -> Result<Document, FileError> {
        let own = self.own()?;
        let current = own.current();
        let current = match &current {
            Current { disk: Some(disk), .. } => {
                let snapshot = Arc::new(current.snapshot.twin(Box::new(Arc::clone(disk))));
                Current { snapshot, ..current }
            }
            Current { made: Some(made), .. } => {
                let snapshot = Arc::new(current.snapshot.twin(Box::new(Arc::clone(made))));
                Current { snapshot, ..current }
            }
            Current { filter: Some((filter, _)), .. } => {
                let source = Arc::new(filter.source.twin()?);
                let kept = filter.kept.twin(source.own()?.snapshot());
                Arc::new(Filter::of(source, Arc::new(kept))).current(0)?
            }
            _ => current,
        };
        let is_spool = current.spool.is_some();
        let mut twin = Document::of(self.path.clone(), self.options.clone(), current);
        twin.is_source = true;
        if is_spool {
            // Lets the job that fills the spool continue.
            *twin.own()?.indexing() = own.indexing().clone();
        }
        Ok(twin)
    }

    /// Returns a file of the matching lines, or with `invert` of the other ones. It grows while the returned job runs,
    /// and can be searched and filtered like any file.
    pub fn filter(
        &self,
        patterns: LinePatterns,
        invert: bool,
    ) -> Result<(Document, Job<()>), FileError> {
        self.at_hand()?;
        let rule = Arc::new(Rule::new(patterns, invert, self.threads()));
        let filter = Arc::new(Filter::new(Arc::new(self.twin()?), rule)?);
        let kept = Arc::clone(&filter.kept);
        let current = filter.current(self.options.capacity())?;
        let document = Document::of(self.path.clone(), self.options.clone(), current);
        let job = job::start(move |worker| {
            let _filling = kept.filling.enter(worker)?;
            let end = kept.fill(worker, &AtomicBool::new(false));
            // A host that waits for the job knows the lines it has found.
            kept.mark_reported();
            end
        });
        Ok((document, job))
    }

    /// Refreshes a filter.
    pub(super) fn refresh_filter(
        &self,
        filter: &Arc<Filter>,
        view: &View,
    ) -> Result<Change, FileError> {
        let own = self.own()?;
        let failed = |job: &Arc<Job<()>>| job.poll().state == JobState::Failed;
        let has_failed = own.filling().as_ref().is_some_and(|(_, job, _)| failed(job));
        let caught = filter.catch_up(&Look { fill: &Filter::fill_at_once, has_failed })?;
        let change = match caught {
            Caught::Lost(_) => {
                let change = filter.source.refresh()?;
                let rule = Arc::clone(&filter.kept.rule);
                let fresh = Arc::new(Filter::new(Arc::clone(&filter.source), rule)?);
                if !fresh.kept.is_filled() {
                    Filter::fill_at_once(&fresh.kept)?;
                }
                fresh.kept.mark_reported();
                own.replace(fresh.current(self.options.capacity())?);
                // It may end up with the same lines, but they were matched again.
                if change == Change::Truncated { change } else { Change::Replaced }
            }
            _ if view.is_cut() => {
                filter.kept.mark_reported();
                own.replace(Arc::clone(filter).current(self.options.capacity())?);
                Change::Truncated
            }
            _ if filter.kept.has_news() => {
                filter.kept.mark_reported();
                Change::Grown
            }
            _ => Change::Same,
        };
        if !self.is_source {
            // If the job meets another change meanwhile, the next refresh reports it.
            self.go_on().or_else(|trouble| if trouble.changed { Ok(()) } else { Err(trouble) })?;
        }
        if change != Change::Same {
            own.followers().iter().for_each(Waker::wake);
        }
        Ok(change)
    }

    /// Takes the lines found so far, and continues an incomplete filter.
    fn go_on(&self) -> Result<(), FileError> {
        let current = self.own()?.current();
        current.snapshot.check()?;
        if let Some((filter, _)) = &current.filter
            && !filter.is_filled()?
        {
            self.fill()?;
        }
        self.start_index()
    }

    /// Returns the job that continues a filter and indexes the kept lines; starts it if it is not running. The unit of
    /// progress is the byte of the filtered file.
    pub(super) fn fill(&self) -> Result<Arc<Job<()>>, FileError> {
        let own = self.own()?;
        let Current { snapshot, filter, .. } = own.current();
        let Some((filter, _)) = filter else { return self.index_known() };
        let mut filling = own.filling();
        if let Some((of, job, ended)) = &*filling
            && Arc::ptr_eq(of, &filter)
            && job.poll().state == JobState::Running
            && !filter.kept.has_ended(ended)
        {
            return Ok(Arc::clone(job));
        }
        let (of, threads) = (Arc::clone(&filter), self.threads());
        let ended = Arc::<AtomicBool>::default();
        let shared = Arc::clone(&ended);
        let job = Arc::new(job::start(move |worker| {
            filter.fill(worker, worker, &shared)?;
            if snapshot.check().is_err_and(|trouble| trouble.changed) {
                // The next refresh reports it.
                return Ok(());
            }
            snapshot.build_index(worker, &Unseen(worker), threads, &AtomicBool::new(false))
        }));
        *filling = Some((of, Arc::clone(&job), ended));
        Ok(job)
    }
}
