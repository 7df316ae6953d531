//! Tests of jobs in Rust: states, results, cancellation, the pool and the notifier.

mod wait;

use super::*;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc;
use std::thread::sleep;

const LONG: Duration = Duration::from_secs(60);

fn millis(number: u64) -> Duration {
    Duration::from_millis(number)
}

/// Waits until a job without results is over, and returns its state.
fn end<T: Send + 'static>(job: &Job<T>) -> JobState {
    assert!(job.wait(LONG), "the job does not end");
    job.poll().state
}

/// Starts a job that runs until it is cancelled, and returns a channel that signals its start.
fn endless() -> (Job<()>, mpsc::Receiver<()>) {
    let (started, sign) = mpsc::channel();
    let job = start(move |worker| {
        let _ = started.send(());
        loop {
            worker.go_on()?;
            sleep(millis(1));
        }
    });
    (job, sign)
}

#[test]
fn results_come_in_order_and_before_the_end() {
    let job = start(|worker| {
        worker.expect(1000);
        for number in 0..1000 {
            worker.publish(number, 8)?;
            worker.advance(1);
        }
        Ok(())
    });
    let mut taken = Vec::new();
    loop {
        assert!(job.wait(LONG));
        let state = job.poll().state;
        while let Some(number) = job.take() {
            taken.push(number);
        }
        if state != JobState::Running {
            assert_eq!(state, JobState::Done);
            break;
        }
    }
    assert_eq!(taken, (0..1000).collect::<Vec<_>>());
    assert_eq!(
        job.poll(),
        Progress { state: JobState::Done, ready: false, done: 1000, total: 1000 }
    );
}

#[test]
fn a_panic_and_a_failure_have_their_message() {
    let job = start(|_: &Worker<()>| panic!("on purpose, {}", 7));
    assert_eq!(end(&job), JobState::Failed);
    assert!(job.failure().unwrap().ends_with("please report it: on purpose, 7"));
    let job = start(|_: &Worker<()>| Err(JobError::Failed("no such directory".to_owned())));
    assert_eq!(end(&job), JobState::Failed);
    assert_eq!(job.failure().unwrap(), "no such directory");
    // Both leave the pool working.
    assert_eq!(end(&start(|_: &Worker<()>| Ok(()))), JobState::Done);
}

#[test]
fn a_cancelled_job_stops() {
    let (job, started) = endless();
    started.recv_timeout(LONG).unwrap();
    job.cancel();
    job.cancel();
    assert_eq!(end(&job), JobState::Cancelled);
    assert_eq!(job.failure(), None);
}

#[test]
fn a_job_that_never_started_is_cancelled_at_once_and_does_not_run() {
    let (sender, ran) = mpsc::channel();
    // More jobs than there are threads for this test and those that run at the same time.
    let busy: Vec<_> = (0..MANY).map(|_| endless()).collect();
    let job = start(move |_: &Worker<()>| {
        let _ = sender.send(());
        Ok(())
    });
    job.cancel();
    assert_eq!(job.poll().state, JobState::Cancelled);
    drop(busy);
    assert!(ran.recv_timeout(LONG).is_err(), "it ran");
}

const MANY: usize = 16;

#[test]
fn a_full_job_waits_and_lets_others_run() {
    let full: Vec<Job<u64>> = (0..MANY as u64)
        .map(|_| {
            start(|worker| {
                for number in 0..100 {
                    worker.publish(number, MAX_UNTAKEN_BYTES / 2)?;
                }
                Ok(())
            })
        })
        .collect();
    // All of them reach their limit, though fewer threads may run at the same time.
    for job in &full {
        let since = Instant::now();
        while job.core.lock().weight < MAX_UNTAKEN_BYTES {
            assert!(since.elapsed() < LONG, "a job never started");
            sleep(millis(1));
        }
    }
    assert_eq!(end(&start(|_: &Worker<()>| Ok(()))), JobState::Done);
    assert!(waiting() >= (MANY * MAX_UNTAKEN_BYTES) as i64);
    for job in &full {
        assert_eq!(job.core.lock().weight, MAX_UNTAKEN_BYTES);
        job.cancel();
    }
    for job in &full {
        let since = Instant::now();
        while job.poll().state == JobState::Running {
            assert!(since.elapsed() < LONG, "a full job does not see that it is cancelled");
            sleep(millis(1));
        }
        assert_eq!(job.poll().state, JobState::Cancelled);
        // Its untaken results can still be taken.
        assert_eq!((job.take(), job.take(), job.take()), (Some(0), Some(1), None));
    }
}

#[test]
fn a_full_job_with_threads_of_its_own_lets_others_run() {
    let full: Vec<Job<()>> = (0..MANY)
        .map(|_| {
            start(|worker| {
                std::thread::scope(|scope| {
                    for _ in 0..5 {
                        scope.spawn(|| while worker.publish((), MAX_UNTAKEN_BYTES / 2).is_ok() {});
                    }
                });
                worker.go_on()
            })
        })
        .collect();
    for job in &full {
        let since = Instant::now();
        while job.core.lock().stuck < 5 {
            assert!(since.elapsed() < LONG, "a job never started");
            sleep(millis(1));
        }
    }
    assert_eq!(end(&start(|_: &Worker<()>| Ok(()))), JobState::Done);
    // Some run for a while, and wait again.
    for job in &full {
        assert!(job.take().is_some());
    }
    assert_eq!(end(&start(|_: &Worker<()>| Ok(()))), JobState::Done);
    drop(full);
    for _ in 0..100 {
        assert_eq!(end(&start(|_: &Worker<()>| Ok(()))), JobState::Done);
    }
}

#[test]
fn ten_thousand_jobs_and_a_storm_of_cancels() {
    let jobs: Vec<_> = (0..10_000_u32)
        .map(|number| start(move |worker| worker.publish(number, 4)))
        .inspect(|job| {
            if Arc::as_ptr(&job.core).addr() % 3 == 0 {
                job.cancel();
            }
        })
        .collect();
    let mut seen = [0; 4];
    for (number, job) in jobs.iter().enumerate() {
        let since = Instant::now();
        while job.poll().state == JobState::Running {
            assert!(since.elapsed() < LONG);
            sleep(millis(1));
        }
        let state = job.poll().state;
        seen[state as usize] += 1;
        assert_eq!(job.take().is_some(), state == JobState::Done, "job {number}");
    }
    assert_eq!(seen[JobState::Failed as usize], 0);
    assert_eq!(seen.iter().sum::<u32>(), 10_000);
}

#[test]
fn dropping_a_job_waits_for_nothing_and_stops_it() {
    let (stopped, sign) = mpsc::channel();
    let (started, begun) = mpsc::channel();
    let job = start(move |worker: &Worker<()>| {
        let _ = started.send(());
        while !worker.is_cancelled() {
            sleep(millis(1));
        }
        let _ = stopped.send(());
        Ok(())
    });
    begun.recv_timeout(LONG).unwrap();
    drop(job);
    sign.recv_timeout(LONG).expect("the dropped job continues");
}

#[test]
fn waiting_has_a_limit() {
    let (job, started) = endless();
    started.recv_timeout(LONG).unwrap();
    let since = Instant::now();
    assert!(!job.wait(millis(30)));
    assert!(since.elapsed() >= millis(30));
    assert!(!job.wait(Duration::ZERO));
}

#[test]
fn a_job_that_has_ended_fails_when_its_results_are_refused() {
    let job = start(|worker| {
        worker.publish(1, 4)?;
        worker.publish(2, 4)
    });
    while job.poll().state == JobState::Running {
        sleep(millis(1));
    }
    job.divert(|number| if number == 1 { Ok(()) } else { Err("it is full".to_owned()) });
    while job.poll().state == JobState::Running {
        sleep(millis(1));
    }
    assert_eq!(job.poll().state, JobState::Failed);
    assert_eq!(job.failure().unwrap(), "it is full");
}

mod notified {
    use super::*;

    #[test]
    fn a_notifier_signals_once_until_it_is_drained() {
        let notifier = Notifier::new().unwrap();
        assert!(notifier.fd() > 2 && !notifier.is_foreign());
        assert!(!notifier.drain());
        let (go, gate) = mpsc::channel();
        let job = start(move |worker| {
            while let Ok(number) = gate.recv() {
                worker.publish(number, 1)?;
            }
            Ok(())
        });
        job.watch(&notifier);
        job.watch(&notifier);
        assert_eq!(job.core.watchers.lock().unwrap().len(), 1);
        assert!(!notifier.drain());
        for round in 0..100 {
            go.send(round).unwrap();
            assert!(job.wait(LONG));
            let since = Instant::now();
            while !notifier.drain() {
                assert!(since.elapsed() < LONG, "news {round} were lost");
            }
            assert_eq!(job.take(), Some(round));
            assert!(!notifier.drain());
        }
        drop(go);
        assert_eq!(end(&job), JobState::Done);
        let since = Instant::now();
        while !notifier.drain() {
            assert!(since.elapsed() < LONG, "the end was lost");
        }
        // The job is over, which also signals a notifier that comes late.
        let late = Notifier::new().unwrap();
        job.watch(&late);
        assert!(late.drain() && !late.drain());
    }

    #[test]
    fn notifiers_and_jobs_go_in_any_order() {
        for round in 0..200_u64 {
            let notifier = Notifier::new().unwrap();
            let job = start(move |worker| {
                for number in 0..round % 7 {
                    worker.publish(number, 1)?;
                }
                Ok(())
            });
            job.watch(&notifier);
            if round % 2 == 0 {
                drop(notifier);
                assert!(job.wait(LONG));
            } else {
                drop(job);
                notifier.drain();
            }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn threads_of_the_pool_block_every_signal() {
        let job = start(|worker| {
            let status = std::fs::read_to_string("/proc/thread-self/status");
            worker.publish(status.map_err(|error| error.to_string()), 1)
        });
        assert!(job.wait(LONG));
        let status = job.take().unwrap().unwrap();
        let blocked = status.lines().find_map(|line| line.strip_prefix("SigBlk:")).unwrap();
        let blocked = u64::from_str_radix(blocked.trim(), 16).unwrap();
        for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGCHLD, libc::SIGUSR1] {
            assert!(blocked & (1 << (signal - 1)) != 0, "signal {signal}");
        }
        assert!(status.starts_with("Name:\trille-"), "{status}");
        // The mask of the thread that starts them is unchanged.
        let own = std::fs::read_to_string("/proc/thread-self/status").unwrap();
        assert!(own.contains("SigBlk:\t0000000000000000"), "{own}");
    }
}

#[test]
fn a_job_that_sleeps_is_woken_and_cancelled_and_lets_others_run() {
    let (send, wakers) = mpsc::channel();
    let jobs: Vec<Job<()>> = (0..2 * parallelism())
        .map(|_| {
            let send = send.clone();
            start(move |worker| {
                let _ = send.send(worker.waker());
                loop {
                    worker.pause(LONG)?;
                    worker.advance(1);
                }
            })
        })
        .collect();
    // More than there are threads for running jobs: those that sleep do not count.
    let wakers: Vec<Waker> = jobs.iter().map(|_| wakers.recv_timeout(LONG).unwrap()).collect();
    assert_eq!(end(&start(|_: &Worker<()>| Ok(()))), JobState::Done);
    wakers.iter().for_each(Waker::wake);
    for job in &jobs {
        while job.poll().done == 0 {
            std::thread::yield_now();
        }
        job.cancel();
        assert_eq!(end(job), JobState::Cancelled);
    }
    drop(jobs);
    wakers.iter().for_each(Waker::wake);
}

#[cfg(target_os = "linux")]
#[test]
fn its_threads_take_no_processor_from_whoever_wakes_them() {
    let job = start(|worker| {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap_or_default();
        // The name may contain white space; in the rest the policy is field 39 of `stat`, and 3 is the batch policy.
        let behind = stat.rsplit(')').next().unwrap_or_default();
        worker.publish(behind.split_whitespace().nth(38).map(str::to_owned), 0)
    });
    assert!(job.wait(LONG));
    assert_eq!(job.take().unwrap().unwrap(), "3");
}

/// Returns the set of processors on which a thread may run.
#[cfg(target_os = "linux")]
fn processors(thread: &str) -> String {
    let status = std::fs::read_to_string(format!("/proc/{thread}/status")).unwrap();
    let set = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed:"));
    set.unwrap().trim().to_owned()
}

#[cfg(target_os = "linux")]
#[test]
fn waking_a_thread_excluded_a_processor_and_could_undo_a_taskset() {
    let own = processors("thread-self");
    let stop = Arc::new(AtomicBool::new(false));
    let (end, expected) = (Arc::clone(&stop), own.clone());
    let observer = std::thread::spawn(move || {
        while !end.load(Ordering::Relaxed) {
            for task in std::fs::read_dir("/proc/self/task").unwrap() {
                let task = task.unwrap().path();
                // A thread may end meanwhile.
                let Ok(status) = std::fs::read_to_string(task.join("status")) else { continue };
                if status.starts_with("Name:\trille-") {
                    let line = status.lines().find_map(|l| l.strip_prefix("Cpus_allowed:"));
                    assert_eq!(line.unwrap().trim(), expected);
                }
            }
        }
    });
    for _ in 0..300 {
        // Long enough for threads to fall asleep.
        std::thread::sleep(millis(1));
        assert!(start::<()>(|_| Ok(())).wait(LONG));
    }
    stop.store(true, Ordering::Relaxed);
    observer.join().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_job_may_run_on_all_processors_however_its_thread_was_woken() {
    let own = processors("thread-self");
    for _ in 0..100 {
        // Long enough for threads to fall asleep.
        std::thread::sleep(millis(1));
        let job = start(|worker| worker.publish(processors("thread-self"), 0));
        assert!(job.wait(LONG));
        assert_eq!(job.take().unwrap(), own);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_host_that_waits_sleeps_while_a_sink_gets_results() {
    let switches = || -> usize {
        let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        line.unwrap().trim().parse().unwrap()
    };
    let (go, sign) = mpsc::channel();
    let job = start(move |worker| {
        let _ = sign.recv();
        for number in 0..1000 {
            worker.publish(number, 8)?;
            sleep(Duration::from_micros(50));
        }
        Ok(())
    });
    job.divert(|_| Ok(()));
    let before = switches();
    go.send(()).unwrap();
    assert_eq!(end(&job), JobState::Done);
    let slept = switches() - before;
    assert!(slept < 100, "woken {slept} times");
}
