//! Tests of jobs that rest, wait at a gate, or are woken by names in directories.

use crate::job::*;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::mpsc;
use std::thread::sleep;

const LONG: Duration = Duration::from_secs(60);

/// Waits until a condition holds.
#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < LONG, "{what}");
        sleep(Duration::from_millis(1));
    }
}

/// Starts a job that rests until it is woken, and reports the number of its looks as progress.
fn resting() -> Job<()> {
    repeat(|worker: &Worker<()>| {
        worker.advance(1);
        Ok(Step::Rest(LONG))
    })
}

fn is_resting<T>(job: &Job<T>) -> bool {
    matches!(job.core.lock().phase, Phase::Resting(_))
}

#[test]
fn a_job_that_was_woken_once_sleeps_the_next_time() {
    let (send, wakers) = mpsc::channel();
    let (slept, sleeps) = mpsc::channel();
    let job = start(move |worker: &Worker<()>| {
        send.send(worker.waker()).unwrap();
        loop {
            worker.pause(LONG)?;
            slept.send(()).unwrap();
        }
    });
    let waker = wakers.recv_timeout(LONG).unwrap();
    for _ in 0..3 {
        waker.wake();
        sleeps.recv_timeout(LONG).unwrap();
        // If it did not fall asleep, it would look again and again.
        assert!(sleeps.recv_timeout(Duration::from_millis(100)).is_err());
    }
    job.cancel();
}

#[test]
fn resting_jobs_have_no_thread_and_are_woken() {
    let jobs: Vec<Job<()>> = (0..1000).map(|_| resting()).collect();
    for job in &jobs {
        until("it never rests", || is_resting(job));
        until("it keeps its thread", || job.core.crew.threads.load(Ordering::Relaxed) == 0);
    }
    jobs.iter().for_each(|job| job.waker().wake());
    for job in &jobs {
        until("it was not woken", || job.poll().done == 2 && is_resting(job));
    }
    // A resting job is cancelled at once, without a thread.
    for job in &jobs {
        job.cancel();
        assert_eq!(job.poll().state, JobState::Cancelled);
    }
    let wakers: Vec<Waker> = jobs.iter().map(Job::waker).collect();
    drop(jobs);
    wakers.iter().for_each(Waker::wake);
    until("something keeps the jobs", || wakers.iter().all(Waker::is_gone));
}

#[test]
fn a_resting_job_checks_again_and_ends_with_its_own_state() {
    let mut left = 3;
    let job = repeat(move |worker: &Worker<u32>| {
        worker.publish(left, 4)?;
        left -= 1;
        Ok(if left == 0 { Step::Over } else { Step::Rest(Duration::from_millis(5)) })
    });
    until("it does not end", || job.poll().state == JobState::Done);
    assert_eq!([job.take(), job.take(), job.take(), job.take()], [Some(3), Some(2), Some(1), None]);
    let job = repeat(|_: &Worker<()>| panic!("on purpose"));
    until("it does not end", || job.poll().state == JobState::Failed);
    assert!(job.failure().unwrap().ends_with("on purpose"));
}

#[test]
fn a_wake_up_during_a_check_is_not_lost() {
    for _ in 0..200 {
        let job = resting();
        let waker = job.waker();
        let before = job.poll().done;
        waker.wake();
        until("a wake was lost", || is_resting(&job) && job.poll().done > before);
    }
}

#[test]
fn a_job_that_waits_at_a_gate_can_be_cancelled_and_enters() {
    let gate = Arc::new(Gate::default());
    let pass = gate.try_enter().unwrap();
    assert!(gate.try_enter().is_none());
    let inside = Arc::new(AtomicUsize::new(0));
    // More jobs than there are threads: those that wait do not count.
    let jobs: Vec<Job<()>> = (0..3 * parallelism())
        .map(|_| {
            let (gate, inside) = (Arc::clone(&gate), Arc::clone(&inside));
            start(move |worker| {
                let _pass = gate.enter(worker)?;
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two are inside");
                sleep(Duration::from_millis(1));
                inside.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            })
        })
        .collect();
    for job in &jobs {
        until("it does not wait", || job.core.crew.is_waiting());
    }
    let other = start(|_: &Worker<()>| Ok(()));
    assert!(other.wait(LONG));
    jobs[0].cancel();
    until("it waits on", || job_is(&jobs[0], JobState::Cancelled));
    drop(pass);
    for job in &jobs[1..] {
        until("it is not let in", || job_is(job, JobState::Done));
    }
    assert!(gate.try_enter().is_some());
}

fn job_is(job: &Job<()>, state: JobState) -> bool {
    job.poll().state == state
}

#[test]
fn helpers_count_out_with_their_job() {
    let helped = Arc::new(AtomicUsize::new(0));
    let (inside, stop) = (Arc::clone(&helped), Arc::new(AtomicBool::new(false)));
    let ended = Arc::clone(&stop);
    let job = start(move |worker: &Worker<()>| {
        run_parallel(
            1,
            || {
                // Until a helper comes, or none can come for too long.
                let since = Instant::now();
                while inside.load(Ordering::SeqCst) == 0 && since.elapsed() < LONG {
                    sleep(Duration::from_millis(1));
                }
                let _ = worker.pause(LONG);
                ended.store(true, Ordering::SeqCst);
            },
            {
                let (inside, ended) = (Arc::clone(&inside), Arc::clone(&ended));
                move |_| {
                    inside.store(1, Ordering::SeqCst);
                    while !ended.load(Ordering::SeqCst) {
                        sleep(Duration::from_millis(1));
                    }
                }
            },
        );
        Ok(())
    });
    let crew = Arc::clone(&job.core.crew);
    if parallelism() > 1 {
        until("it does not wait", || crew.is_waiting());
        assert_eq!((crew.threads.load(Ordering::Relaxed), crew.blocked()), (2, 2));
    }
    job.waker().wake();
    until("it does not end", || job.poll().state == JobState::Done);
    until("a thread is missing", || crew.threads.load(Ordering::Relaxed) == 0);
    assert_eq!(crew.blocked(), 0);
}

#[cfg(target_os = "linux")]
mod named {
    use super::*;
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    use std::path::PathBuf;

    struct Directory(PathBuf);

    impl Directory {
        fn new(name: &str) -> Directory {
            let name = format!("rille-names-{name}-{}", std::process::id());
            let path = std::env::temp_dir().join(name);
            fs::create_dir_all(&path).unwrap();
            Directory(path)
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// Changes a file until the job has looked again, and returns whether it has.
    fn wakes(job: &Job<()>, change: impl Fn()) -> bool {
        until("it does not rest", || is_resting(job));
        let (before, since) = (job.poll().done, Instant::now());
        change();
        while job.poll().done == before && since.elapsed() < LONG {
            sleep(Duration::from_millis(1));
        }
        job.poll().done > before
    }

    #[test]
    fn names_of_any_bytes_in_one_directory_wake_their_jobs_and_no_others() {
        let directory = Directory::new("bytes");
        let names: [&[u8]; 3] = [b"plain", b"\xFF\xFE bytes", "größe".as_bytes()];
        let jobs = names.map(|_| resting());
        let watches: Vec<NameWatch> = names
            .iter()
            .zip(&jobs)
            .map(|(name, job)| NameWatch::new(&directory.0, OsStr::from_bytes(name), job.waker()))
            .collect();
        assert!(watches.iter().all(NameWatch::is_watched));
        for (at, name) in names.iter().enumerate() {
            let path = directory.0.join(OsStr::from_bytes(name));
            assert!(wakes(&jobs[at], || fs::write(&path, "a\n").unwrap()), "{at}");
        }
        // Dropping the first watch does not end the others, and a dropped watch wakes no job.
        let mut watches = watches.into_iter();
        drop(watches.next());
        until("it does not rest", || jobs.iter().all(is_resting));
        let before = jobs[0].poll().done;
        fs::write(directory.0.join("plain"), "b\n").unwrap();
        let path = directory.0.join(OsStr::from_bytes(names[1]));
        assert!(wakes(&jobs[1], || fs::write(&path, "b\n").unwrap()));
        assert_eq!(jobs[0].poll().done, before);
    }

    #[test]
    fn a_directory_that_is_replaced_is_watched_anew() {
        let directory = Directory::new("replaced");
        let inner = directory.0.join("logs");
        fs::create_dir(&inner).unwrap();
        let job = resting();
        let mut watch = NameWatch::new(&inner, OsStr::new("log"), job.waker());
        assert!(watch.is_watched());
        assert!(wakes(&job, || fs::rename(&inner, directory.0.join("old")).unwrap()));
        watch.renew();
        assert!(!watch.is_watched(), "there is none");
        fs::create_dir(&inner).unwrap();
        watch.renew();
        assert!(watch.is_watched());
        assert!(wakes(&job, || fs::write(inner.join("log"), "a\n").unwrap()));
        assert!(wakes(&job, || fs::remove_dir_all(&inner).unwrap()));
        watch.renew();
        assert!(!watch.is_watched());
    }

    #[test]
    fn reports_that_were_lost_wake_everybody() {
        let directory = Directory::new("lost");
        let jobs = [resting(), resting()];
        let watches =
            jobs.each_ref().map(|job| NameWatch::new(&directory.0, OsStr::new("x"), job.waker()));
        until("it does not rest", || jobs.iter().all(is_resting));
        let before = jobs.each_ref().map(|job| job.poll().done);
        let report = |watch: i32, flags: u32, name: &[u8]| {
            let fields = [watch as u32, flags, 0, name.len() as u32];
            [&fields.map(u32::to_ne_bytes).concat()[..], name].concat()
        };
        let found = |bytes: &[u8]| {
            let mut woken = std::collections::BTreeMap::new();
            pool().watcher().names.find(bytes, &mut woken);
            woken
        };
        // The same name may be watched in other directories.
        assert!(found(&report(-1, libc::IN_MODIFY, b"x\0\0\0")).is_empty());
        assert!(found(&report(i32::MAX, libc::IN_MODIFY, b"")).is_empty());
        let lost = found(&report(-1, libc::IN_Q_OVERFLOW, b""));
        assert!(lost.len() >= 2);
        lost.values().for_each(Waker::wake);
        for (job, before) in jobs.iter().zip(before) {
            until("it was not woken", || job.poll().done > before);
        }
        // An incomplete report is ignored.
        assert!(found(&report(-1, libc::IN_Q_OVERFLOW, b"")[..12]).is_empty());
        drop(watches);
    }
}

/// All threads but one run jobs, each of which waits for a helper that does not return; half of the threads only wait for
/// the other half.
#[test]
fn a_thread_that_waits_for_its_helper_takes_no_place() {
    let places = parallelism();
    let (started, begun) = mpsc::channel();
    let (go, signs) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let jobs: Vec<Job<()>> = (1..places)
        .map(|_| {
            let (go, signs, started) = (Arc::clone(&go), Arc::clone(&signs), started.clone());
            start(move |_: &Worker<()>| {
                let joined = Arc::new(AtomicBool::new(false));
                let here = Arc::clone(&joined);
                run_parallel(
                    1,
                    // At the end of this the helper has begun.
                    move || {
                        while !joined.load(Ordering::Relaxed) {
                            sleep(Duration::from_micros(100));
                        }
                    },
                    move |_| {
                        here.store(true, Ordering::Relaxed);
                        let _ = started.send(());
                        while !go.load(Ordering::Relaxed) {
                            sleep(Duration::from_micros(100));
                        }
                        signs.fetch_add(1, Ordering::Relaxed);
                    },
                );
                Ok(())
            })
        })
        .collect();
    for _ in 1..places {
        begun.recv_timeout(LONG).expect("a helper begins");
    }
    let aside = || jobs.iter().map(|job| job.core.crew.aside()).sum::<usize>();
    until("they do not step aside", || aside() == places - 1);
    let other = start(|_: &Worker<()>| Ok(()));
    until("there is no place left", || other.poll().state == JobState::Done);
    go.store(true, Ordering::Relaxed);
    for job in &jobs {
        assert!(job.wait(LONG));
        assert_eq!((job.poll().state, job.core.crew.aside()), (JobState::Done, 0));
    }
    assert_eq!(signs.load(Ordering::Relaxed), places - 1);
}
