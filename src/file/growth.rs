//! How a filter grows with the file that it was made from.
//!
//! # What does it look at?
//!
//! At the file itself, and not at what the host knows of it: the filter has a file of its own, with the same descriptor but no
//! index, and refreshes that. So the two are refreshed independently, in any order, and one may be closed without the other.
//! What is spooled is shared, as it is unpacked once. A filter of a filter has a filter of its own.
//!
//! # Where does it go on?
//!
//! Behind the last line that ended. The line behind that, which nothing ends, may become longer and is decided about anew. If
//! it was kept and no longer is, the filter has become shorter: then readings fail until the host is told "truncated".
//!
//! # What does it cost?
//!
//! Little growth is looked at while the host waits, below a millisecond; else by a job, which goes on with a filter whose own
//! job was cancelled, too.

use super::filter::{FilteredLines, Rule, View};
use super::snapshot::{FileError, Filler, Snapshot};
use super::state::Current;
use super::{Change, Document};
use crate::job::{self, AnyJob, Job, JobError, JobState, Waker, Worker};
use crate::search::lines::LinePatterns;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that are looked at while the host waits, at most.
const MAX_AT_ONCE: u64 = if cfg!(test) { 512 } else { 32 << 10 };

/// How often a file that grows all the time by lines that are not kept is looked at.
const MAX_LOOKS: usize = 8;

/// Bytes of a list of runs that is copied while the host waits, at most.
const MAX_COPIED: usize = 1 << 20;

/// The lines of a file that a filter keeps, and where these come from.
pub(super) struct Filter {
    /// The file that is filtered, which nobody else refreshes.
    source: Arc<Document>,
    kept: Arc<FilteredLines>,
    /// Held by who looks at the source, which does not take long.
    looking: Mutex<()>,
}

/// How far a filter has come.
enum Caught {
    /// All that is known of its file was looked at, or there are lines to be told of.
    Up,
    /// There is more, for a job.
    Behind,
    /// What is known of its file is true no more.
    Lost(Change),
}

/// Who looks at lines, and what it does if it cannot.
struct Look<'l> {
    /// Looks at lines, if it can, and tells whether it did.
    fill: &'l dyn Fn(&FilteredLines) -> Result<bool, FileError>,
    /// Whether a job could not look at all of them: then nobody waits for that.
    has_failed: bool,
}

/// The host itself, which waits.
struct Host;

impl Filler for Host {
    fn is_cancelled(&self) -> bool {
        false
    }

    fn expect(&self, _: u64) {}

    fn advance(&self, _: u64) {}
}

/// A job whose progress is another one.
struct Unseen<'w, T>(&'w Worker<T>);

impl<T: Send> Filler for Unseen<'_, T> {
    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    fn expect(&self, _: u64) {}

    fn advance(&self, _: u64) {}
}

/// A filter, and the view of its lines that a host has.
pub(super) type FilterView = (Arc<Filter>, Arc<View>);

impl Filter {
    fn new(source: Arc<Document>, rule: Arc<Rule>) -> Result<Filter, FileError> {
        let parent = source.own()?.snapshot();
        Ok(Filter::of(source, Arc::new(FilteredLines::new(parent, rule))))
    }

    fn of(source: Arc<Document>, kept: Arc<FilteredLines>) -> Filter {
        Filter { source, kept, looking: Mutex::default() }
    }

    /// What the host knows of a filter from now on.
    fn current(self: Arc<Filter>, capacity: usize) -> Result<Current, FileError> {
        let view = Arc::new(View::new(&self.kept));
        let snapshot = Snapshot::empty(Box::new(Arc::clone(&view)), capacity);
        snapshot.check_at_hand()?;
        let filter = Some((self, view));
        Ok(Current { filter, ..Current::nowhere(Arc::new(snapshot)) })
    }

    /// The filter that this one filters, if it does.
    fn inner(&self) -> Result<Option<FilterView>, FileError> {
        Ok(self.source.own()?.current().filter)
    }

    /// Looks at the file, and at the lines that it has grown by. New lines come before anything else that has happened to it,
    /// so that nothing is lost in a rotation.
    fn catch_up(&self, look: &Look<'_>) -> Result<Caught, FileError> {
        let kept = &self.kept;
        for _ in 0..MAX_LOOKS {
            let (change, is_all) = self.look(look)?;
            if !kept.is_filled() && change != Change::Truncated {
                match (look.fill)(kept) {
                    Ok(true) => {}
                    Ok(false) if !look.has_failed => return Ok(Caught::Behind),
                    Ok(false) if change == Change::Replaced => return Ok(Caught::Lost(change)),
                    Ok(false) => return Ok(Caught::Behind),
                    Err(_) if change == Change::Replaced => return Ok(Caught::Lost(change)),
                    Err(trouble) => return Err(trouble),
                }
            }
            match change {
                Change::Same if is_all => return Ok(Caught::Up),
                Change::Same => return Ok(Caught::Behind),
                Change::Truncated => return Ok(Caught::Lost(change)),
                _ if kept.has_news() => return Ok(Caught::Up),
                Change::Replaced => return Ok(Caught::Lost(change)),
                // Nothing of it was kept: perhaps something else has happened behind it.
                Change::Grown => {}
            }
        }
        Ok(Caught::Up)
    }

    /// Looks at the file, and takes what it has grown by. Tells as well whether that is all.
    fn look(&self, look: &Look<'_>) -> Result<(Change, bool), FileError> {
        let current = self.source.own()?.current();
        let snapshot = &current.snapshot;
        let (known, mut is_all) = (snapshot.size(), true);
        if let Some((filter, view)) = &current.filter {
            match filter.catch_up(look)? {
                Caught::Up => {}
                Caught::Behind => is_all = false,
                Caught::Lost(change) => return Ok((change, true)),
            }
            if view.is_cut() {
                return Ok((Change::Truncated, true));
            }
            filter.kept.tell();
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

    /// Looks at lines while the host waits, if there are few.
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

    /// Looks at lines, unless somebody does.
    fn fill_if_free(kept: &FilteredLines, filler: &dyn Filler) -> Result<bool, FileError> {
        let Some(_filling) = kept.filling.try_enter() else { return Ok(false) };
        match kept.fill(filler, &AtomicBool::new(false)) {
            Ok(()) => Ok(true),
            Err(JobError::Cancelled) => Ok(false),
            Err(JobError::Failed(message)) => {
                kept.parent.check()?;
                Err(FileError::of(message))
            }
        }
    }

    /// Looks at all lines that are known, whoever else does, unless a refresh has to come before.
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

    /// What the host would be told now. A job that follows the filter asks, and takes what has come.
    pub fn news<T: Send>(&self, view: &View, worker: &Worker<T>) -> Result<Change, FileError> {
        // Whoever else fills it may have news as well.
        let fill = |kept: &FilteredLines| Filter::fill_if_free(kept, &Unseen(worker));
        Ok(match self.catch_up(&Look { fill: &fill, has_failed: false })? {
            Caught::Lost(change) => change,
            _ if view.is_cut() => Change::Truncated,
            _ if self.kept.has_news() => Change::Grown,
            _ => Change::Same,
        })
    }

    /// Bytes of the lines that were found.
    pub fn size(&self) -> u64 {
        self.kept.runs().total()
    }

    /// What the file is that is filtered: the one below all filters.
    pub fn root(&self) -> Result<Current, FileError> {
        let current = self.source.own()?.current();
        match &current.filter {
            Some((filter, _)) => filter.root(),
            None => Ok(current),
        }
    }

    /// Whether there may be lines soon of which nobody tells.
    pub fn is_restless(&self) -> Result<bool, FileError> {
        Ok(!self.is_filled()? || self.source.is_restless()?)
    }

    /// Whether all that is known was looked at.
    pub fn is_filled(&self) -> Result<bool, FileError> {
        let inner = self.inner()?;
        let is_filled = inner.map_or(Ok(true), |(filter, _)| filter.is_filled())?;
        Ok(is_filled && self.kept.is_filled())
    }
}

impl Document {
    /// The same content for a filter, which looks at it on its own.
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
            // So that the job that fills it goes on.
            *twin.own()?.indexing() = own.indexing().clone();
        }
        Ok(twin)
    }

    /// The lines that match, or with `invert` those that do not, as a file of their own: it grows while the job goes on.
    /// Searching and filtering it is searching and filtering these lines.
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
            // Who waits for the job knows of its lines.
            kept.tell();
            end
        });
        Ok((document, job))
    }

    /// The refresh of a filter.
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
                fresh.kept.tell();
                own.replace(fresh.current(self.options.capacity())?);
                // It may be what it was again, but it was looked at anew.
                if change == Change::Truncated { change } else { Change::Replaced }
            }
            _ if view.is_cut() => {
                filter.kept.tell();
                own.replace(Arc::clone(filter).current(self.options.capacity())?);
                Change::Truncated
            }
            _ if filter.kept.has_news() => {
                filter.kept.tell();
                Change::Grown
            }
            _ => Change::Same,
        };
        if !self.is_source {
            // What a job has found to be another one meanwhile, the next refresh tells.
            self.go_on().or_else(|trouble| if trouble.changed { Ok(()) } else { Err(trouble) })?;
        }
        if change != Change::Same {
            own.followers().iter().for_each(Waker::wake);
        }
        Ok(change)
    }

    /// Takes the lines that there are, and goes on with a filter that does not have all.
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

    /// The job that goes on with a filter, and makes the index of what that keeps. Its unit of progress is the byte of the file
    /// that is filtered.
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
        let told = Arc::clone(&ended);
        let job = Arc::new(job::start(move |worker| {
            filter.fill(worker, worker, &told)?;
            if snapshot.check().is_err_and(|trouble| trouble.changed) {
                // The next refresh tells.
                return Ok(());
            }
            snapshot.build_index(worker, &Unseen(worker), threads, &AtomicBool::new(false))
        }));
        *filling = Some((of, Arc::clone(&job), ended));
        Ok(job)
    }
}
