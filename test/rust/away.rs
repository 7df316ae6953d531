//! File systems that do not answer, by FUSE: one never answers, the other one until a flag stops it.

use crate::hosts::process::{Scratch, run};
use crate::limits::*;
use crate::stuck::{empty_job, every_kind_still_runs, until};
use crate::support::{missing, say};
use rille::file::{Document, FileOptions, Opening, Request, SearchOptions, Window};
use rille::job::{self, AnyJob, Job, JobState, Worker};
use rille::search::lines::{LineOptions, LinePatterns, PatternSource};
use std::ffi::CString;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Returns whether this user may mount something.
fn can_mount() -> bool {
    // SAFETY: the call only returns a number.
    let is_root = unsafe { libc::geteuid() } == 0;
    let can = is_root && File::options().read(true).write(true).open("/dev/fuse").is_ok();
    if !can {
        let how = "run the tests as root, where /dev/fuse exists";
        missing("a file system that never answers", "FUSE cannot be used", how);
    }
    can
}

/// Returns whether a child reported that it may not mount.
fn cannot_mount(report: &str) -> bool {
    let cannot = report.contains("cannot mount");
    if cannot {
        let how = "allow mounts, or run without a container";
        missing("a file system that never answers", "it cannot be mounted", how);
    }
    cannot
}

/// Makes the mounts of this thread, and of threads that it starts, end with them.
fn apart() -> bool {
    // SAFETY: the paths end with a zero byte.
    unsafe {
        libc::unshare(libc::CLONE_NEWNS) == 0
            && libc::mount(
                c"none".as_ptr(),
                c"/".as_ptr(),
                std::ptr::null(),
                libc::MS_REC | libc::MS_PRIVATE,
                std::ptr::null(),
            ) == 0
    }
}

/// A file system that never answers a request. Dropping it makes waiting calls return with an error.
struct Away {
    path: CString,
    device: Option<File>,
}

impl Away {
    fn mount(path: &Path) -> std::io::Result<Away> {
        let device = File::options().read(true).write(true).open("/dev/fuse")?;
        let data = format!("fd={},rootmode=40000,user_id=0,group_id=0", device.as_raw_fd());
        let data = CString::new(data).unwrap();
        let path = CString::new(path.to_str().unwrap()).unwrap();
        // SAFETY: all texts end with a zero byte.
        let mounted = unsafe {
            libc::mount(c"rille".as_ptr(), path.as_ptr(), c"fuse".as_ptr(), 0, data.as_ptr().cast())
        };
        match mounted {
            0 => Ok(Away { path, device: Some(device) }),
            _ => Err(std::io::Error::last_os_error()),
        }
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        drop(self.device.take());
        // SAFETY: the path ends with a zero byte.
        unsafe { libc::umount2(self.path.as_ptr(), libc::MNT_FORCE | libc::MNT_DETACH) };
    }
}

#[test]
fn roots_on_a_file_system_that_never_answers() {
    if !can_mount() {
        return;
    }
    for count in ["1", "2", "10"] {
        let scratch = make_tree(20);
        let mut command = child("away::with_roots_that_never_answer", scratch.path());
        command.env("RILLE_TEST_ROOTS", count);
        let (status, report) =
            crate::hosts::process::run(&mut command, LONG).expect("this program");
        if cannot_mount(&report) {
            return;
        }
        let passed = status.is_some_and(|status| status.success()) && report.contains("1 passed");
        assert!(passed, "{count} roots: {status:?}\n{report}");
    }
}

#[test]
#[ignore = "it mounts something; roots_on_a_file_system_that_never_answers runs it"]
fn with_roots_that_never_answer() {
    let root = tree();
    let count: usize = std::env::var("RILLE_TEST_ROOTS").unwrap().parse().unwrap();
    let apart = apart();
    let (scratch, mut away) = (crate::hosts::process::Scratch::new(), Vec::new());
    let roots: Vec<_> = (0..count).map(|at| scratch.path().join(at.to_string())).collect();
    for root in &roots {
        fs::create_dir_all(root.join("away")).unwrap();
        match Away::mount(&root.join("away")) {
            Ok(mounted) if apart => away.push(mounted),
            other => {
                say(&format!("cannot mount: {apart} {:?}", other.err()));
                panic!("cannot mount");
            }
        }
    }
    if count == 1 {
        // As many jobs as leave one thread free, each with threads that wait for the one that hangs. None is cancelled.
        let hanging: Vec<_> =
            (1..job::parallelism()).map(|_| start_walk(&roots[0], false).unwrap()).collect();
        sleep(Duration::from_millis(50));
        empty_job();
        assert!(hanging.iter().all(|job| job.poll().state == JobState::Running));
    }
    for (at, root) in roots.iter().enumerate() {
        let job: Box<dyn AnyJob> = match at % 2 {
            0 => Box::new(start_walk(root, at % 4 == 0).unwrap()),
            _ => Box::new(start_grep(root, at % 4 == 1).unwrap()),
        };
        // By then it waits for the file system: otherwise it would be over.
        sleep(Duration::from_millis(50));
        assert_eq!(job.poll().state, JobState::Running, "the file system has answered");
        job.cancel();
        until("it still runs", || job.poll().state == JobState::Cancelled);
    }
    let took = empty_job();
    say(&format!("with {count} roots that never answer an empty job took {took:?}"));
    assert!(took < Duration::from_secs(10));
    every_kind_still_runs(&root);
    drop(away);
    every_kind_still_runs(&root);
}

/// Returns the content of the one file on the mount.
fn content() -> Vec<u8> {
    (0..10_000).flat_map(|number| format!("line {number}\n").into_bytes()).collect()
}

/// The operations of the protocol that are used here, as numbered in <linux/fuse.h>.
const LOOKUP: u32 = 1;
const FORGET: u32 = 2;
const GETATTR: u32 = 3;
const OPEN: u32 = 14;
const READ: u32 = 15;
const RELEASE: u32 = 18;
const FLUSH: u32 = 25;
const INIT: u32 = 26;
const INTERRUPT: u32 = 36;
const BATCH_FORGET: u32 = 42;

/// The node number of the file; the root has number 1.
const NODE: u64 = 2;

/// Answers requests of the system until `is_away` is set or the mount is gone. Nothing is cached in between.
fn serve(mut device: File, content: &[u8], is_away: &AtomicBool) {
    let mut request = vec![0; 1 << 20];
    while let Ok(len @ 40..) = device.read(&mut request) {
        let word = |at: usize| u32::from_le_bytes(request[at..at + 4].try_into().unwrap());
        let long = |at: usize| u64::from_le_bytes(request[at..at + 8].try_into().unwrap());
        let (operation, node) = (word(4), long(16));
        if is_away.load(Ordering::Relaxed) || [FORGET, BATCH_FORGET, INTERRUPT].contains(&operation)
        {
            continue;
        }
        let attributes = |node: u64| {
            let is_file = node == NODE;
            let mut all = Vec::new();
            let size = if is_file { content.len() as u64 } else { 0 };
            [node, size, 0, 1, 1, 1].iter().for_each(|word| all.extend(word.to_le_bytes()));
            let mode = if is_file { 0o100_644 } else { 0o040_755 };
            [0_u32, 0, 0, mode, 1, 0, 0, 0, 4096, 0]
                .iter()
                .for_each(|word| all.extend(word.to_le_bytes()));
            all
        };
        let answer = match operation {
            // Version 7.31, and otherwise the values that the system sent.
            INIT => {
                let mut all = Vec::new();
                [7, 31, word(48), 0, 0, 1 << 16, 1].iter().for_each(|word: &u32| {
                    all.extend(word.to_le_bytes());
                });
                all.resize(64, 0);
                Ok(all)
            }
            LOOKUP if &request[40..len] == b"log\0" => {
                let mut all = [NODE, 0, 0, 0, 0].map(u64::to_le_bytes).concat();
                all.extend(attributes(NODE));
                Ok(all)
            }
            LOOKUP => Err(libc::ENOENT),
            GETATTR => {
                let mut all = vec![0; 16];
                all.extend(attributes(node));
                Ok(all)
            }
            // Each read sends a request again.
            OPEN => Ok([1_u64.to_le_bytes(), 1_u64.to_le_bytes()].concat()),
            READ => {
                let from = (long(48) as usize).min(content.len());
                let to = (from + word(56) as usize).min(content.len());
                Ok(content[from..to].to_vec())
            }
            RELEASE | FLUSH => Ok(Vec::new()),
            _ => Err(libc::ENOSYS),
        };
        let (error, body) = answer.map_or_else(|error| (-error, Vec::new()), |body| (0, body));
        let mut reply = (16 + body.len() as u32).to_le_bytes().to_vec();
        reply.extend(error.to_le_bytes());
        reply.extend(&request[8..16]);
        reply.extend(body);
        let _ = device.write_all(&reply);
    }
}

#[test]
fn files_on_a_server_that_goes_away() {
    if !can_mount() {
        return;
    }
    let scratch = make_tree(20);
    let mut command = child("away::with_a_file_on_a_server_that_goes_away", scratch.path());
    let (status, report) = run(&mut command, LONG).expect("this program");
    let passed = status.is_some_and(|status| status.success()) && report.contains("1 passed");
    assert!(passed || cannot_mount(&report), "{status:?}\n{report}");
}

#[test]
#[ignore = "it mounts something; files_on_a_server_that_goes_away runs it"]
fn with_a_file_on_a_server_that_goes_away() {
    let (root, scratch, apart) = (tree(), Scratch::new(), apart());
    let mount = match Away::mount(scratch.path()) {
        Ok(mounted) if apart => mounted,
        other => {
            say(&format!("cannot mount: {apart} {:?}", other.err()));
            panic!("cannot mount");
        }
    };
    let is_away = Arc::new(AtomicBool::new(false));
    let device = mount.device.as_ref().unwrap().try_clone().unwrap();
    let server = Arc::clone(&is_away);
    let server = std::thread::spawn(move || serve(device, &content(), &server));
    let path = scratch.path().join("log");
    let path = path.to_str().unwrap().as_bytes();
    let document = Arc::new(Document::open(path, FileOptions::default()).unwrap());
    assert_eq!(document.info().unwrap().lines, 10_000);
    let window = Window::default();
    let requests = [
        Request::Lines { first: 9_000, count: 10, window },
        Request::Around { offset: 50_000, before: 1, after: 1, window },
        Request::Last { count: 10, window },
        Request::Bytes { offset: 10, len: 100, limit: 1000 },
        Request::LineAt(50_000),
        Request::OffsetOf(7_777),
        Request::Info,
        Request::Refresh,
    ];
    let ask = |request: &Request| {
        let (document, request) = (Arc::clone(&document), request.clone());
        job::start(move |worker: &Worker<()>| {
            document.reply(&request, worker).map(drop).map_err(|trouble| trouble.into())
        })
    };
    for request in &requests {
        let job = ask(request);
        assert_eq!(finish(&job, |()| ()), JobState::Done, "{request:?}: {:?}", job.failure());
    }
    is_away.store(true, Ordering::Relaxed);
    let open = || {
        let opening = Opening::new(path, FileOptions::default()).unwrap();
        job::start(move |_: &Worker<()>| opening.open().map(drop).map_err(job::JobError::Failed))
    };
    let literal =
        || LinePatterns::new(&[PatternSource::Text(b"7")], &LineOptions::default()).unwrap();
    let mut jobs: Vec<Job<()>> = Vec::new();
    // No job waits on this thread.
    let since = Instant::now();
    jobs.push(open());
    stops(&jobs[0], "open");
    for request in &requests {
        let job = ask(request);
        stops(&job, &format!("{request:?}"));
        jobs.push(job);
    }
    let search = document.search(literal(), SearchOptions::default()).unwrap();
    stops(&search, "search");
    let (_kept, filter) = document.filter(literal(), false).unwrap();
    stops(&filter, "filter");
    let follow = document.follow().unwrap();
    sleep(Duration::from_millis(50));
    follow.cancel();
    until("it follows on", || follow.poll().state == JobState::Cancelled);
    say(&format!(
        "with a server that is away {} jobs were cancelled in {:?}",
        jobs.len() + 3,
        since.elapsed()
    ));
    empty_job();
    every_kind_still_runs(&root);
    // Waiting calls return, with an error.
    is_away.store(false, Ordering::Relaxed);
    drop(mount);
    server.join().unwrap();
    every_kind_still_runs(&root);
}

/// Cancels a job that hangs, and checks that it is over soon, whatever the system does.
fn stops(job: &dyn AnyJob, what: &str) {
    sleep(Duration::from_millis(50));
    assert_eq!(job.poll().state, JobState::Running, "{what}: the server has answered");
    let since = Instant::now();
    job.cancel();
    until(what, || job.poll().state == JobState::Cancelled);
    say(&format!("{what} was cancelled in {:?}", since.elapsed()));
}
