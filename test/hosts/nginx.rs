//! nginx with its Lua module: a master that loads rille, then forks.
//!
//! This is the host that breaks native modules: the library is loaded and used before the fork, the specs run in the forked
//! workers, a reload replaces these while the master continues, and every worker unloads at its exit.

use std::{
    fs,
    io::{Read, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use super::{
    TIMEOUT, apply, begin, environment, find_programs, judge, lua_path, missing,
    process::{Running, Scratch, run},
};

const HOST: &str = "nginx";

/// The output of `nginx -V`: its version, and the lines that load the Lua module.
pub(crate) struct Kind {
    version: String,
    pub(crate) load: String,
}

pub(crate) fn kind(program: &Path) -> Option<Kind> {
    let (_, output) = run(Command::new(program).arg("-V"), Duration::from_secs(60)).ok()?;
    let version = output.lines().find_map(|line| line.strip_prefix("nginx version: "))?.to_owned();
    // OpenResty has the module built in; elsewhere it is a file, and needs another one before it.
    if output.contains("ngx_lua") || version.starts_with("openresty") {
        return Some(Kind { version, load: String::new() });
    }
    let directory =
        output.split_whitespace().find_map(|word| word.strip_prefix("--modules-path="))?;
    let mut load = String::new();
    for module in ["ndk_http_module.so", "ngx_http_lua_module.so"] {
        let module = PathBuf::from(directory).join(module);
        if !module.is_file() {
            return None;
        }
        load += &format!("load_module \"{}\";\n", module.display());
    }
    Some(Kind { version, load })
}

#[test]
fn nginx() {
    let found = find_programs("RILLE_NGINX", &["openresty", "nginx"]);
    let mut able = found.iter().filter_map(|program| Some((program, kind(program)?))).peekable();
    if able.peek().is_none() {
        let why = if found.is_empty() { "no nginx on PATH" } else { "nginx has no Lua module" };
        missing(HOST, why, "apt install nginx-extras, or set RILLE_NGINX to an OpenResty");
    }
    for (program, kind) in able {
        serve(program, &kind);
    }
}

/// Runs a whole life cycle: start, specs in both workers, reload, specs in both new workers, quit.
fn serve(program: &Path, kind: &Kind) {
    let since = begin();
    let prefix = Scratch::new();
    let mut server = Server::start(program, kind, prefix.path(), "hosts/nginx/nginx.conf");
    let mut known = vec![server.running.id()];
    for generation in ["at start", "after a reload"] {
        for report in server.specs_in_both_workers(&mut known) {
            judge(HOST, &format!("{}, worker {generation}", kind.version), &report, since);
        }
        let answer = request(&server.prefix.join("s"), "/glue").expect("a worker answers");
        let (_, report) = split(&answer).expect("an answer with a report");
        judge(HOST, &format!("{}, light threads {generation}", kind.version), &report, since);
        if generation == "at start" {
            server.running.signal(libc::SIGHUP);
        }
    }
    server.running.signal(libc::SIGQUIT);
    let Some(status) = server.running.wait(TIMEOUT) else {
        panic!("nginx did not quit within {TIMEOUT:?}:\n{}", server.log());
    };
    let log = server.log();
    assert!(status.success(), "nginx: {status}:\n{log}");
    for word in
        ["exited on signal", "panicked", "[alert]", "[emerg]", "[crit]", "init_worker_by_lua"]
    {
        assert!(!log.contains(word), "nginx logged {word:?}:\n{log}");
    }
    // Two generations of two workers; the log has the exit of each, so none is missing.
    // Specs fork as well: nginx reaps their children, and calls them unknown.
    let is_end =
        |line: &&str| line.contains("worker process") && line.contains("exited with code 0");
    let ends = log.lines().filter(is_end).count();
    assert_eq!(ends, 4, "nginx: {ends} of 4 workers ended well:\n{log}");
}

/// Returns the directive for the user of the workers: those of a root master run as a user who may not read the tree, unless
/// configured to stay root.
pub(super) fn user() -> &'static str {
    // SAFETY: geteuid has no preconditions and cannot fail.
    if unsafe { libc::geteuid() } == 0 { "user root;" } else { "" }
}

pub(super) struct Server {
    pub(super) running: Running,
    pub(super) prefix: PathBuf,
}

impl Server {
    /// Starts a server with a configuration in `test/`, whose @NAMES@ are filled in.
    pub(super) fn start(program: &Path, kind: &Kind, prefix: &Path, template: &str) -> Self {
        let text = |path: &Path| path.to_str().expect("paths of the tree are UTF-8").to_owned();
        let variables = environment(HOST, prefix);
        let kept = variables.iter().filter(|(_, value)| value.is_some());
        let kept: String = kept.map(|(name, _)| format!("env {name};\n")).collect();
        let user = user();
        let template = fs::read_to_string(super::file(template)).expect("the template");
        let conf = template
            .replace("@LOAD_MODULES@", &kind.load)
            .replace("@USER@", user)
            .replace("@ENV@", &kept)
            .replace("@LUA_PATH@", &(lua_path() + ";;"))
            .replace("@ROOT@", &text(crate::root()))
            .replace("@PREFIX@", &text(prefix));
        fs::create_dir_all(prefix.join("temp")).expect("a directory for temporary files");
        fs::write(prefix.join("nginx.conf"), conf).expect("the configuration is written");

        let mut command = Command::new(program);
        command.arg("-p").arg(prefix).args(["-c", "nginx.conf", "-e", "error.log"]);
        apply(&mut command, &variables);
        // Before the configuration is read, errors go to stderr: keep them for the report.
        let stderr = fs::File::create(prefix.join("stderr")).expect("a file for complaints");
        let running = Running::start(command.stderr(stderr), true).expect("nginx starts");
        Server { running, prefix: prefix.to_owned() }
    }

    /// Returns the reports of two workers whose ids are not in `known`, and adds the ids.
    ///
    /// The kernel decides which worker takes a request. Two requests at once reach both sooner or later, and a worker that
    /// has already run its specs says so and stays busy for a moment.
    fn specs_in_both_workers(&mut self, known: &mut Vec<u32>) -> Vec<String> {
        let start = Instant::now();
        let mut reports = Vec::new();
        while reports.len() < 2 {
            let socket = self.prefix.join("s");
            let pair = [0, 1].map(|_| {
                let socket = socket.clone();
                thread::spawn(move || request(&socket, "/specs"))
            });
            for answer in pair.map(|thread| thread.join().expect("the request does not panic")) {
                // Nobody is listening yet, or an old worker was exiting.
                let Some((worker, report)) = answer.ok().as_deref().and_then(split) else {
                    continue;
                };
                // The two answers of one worker may arrive in either order, so its id alone does not suffice.
                if report.trim() != "again" && !known.contains(&worker) {
                    known.push(worker);
                    reports.push(report);
                }
            }
            if let Some(status) = self.running.ended() {
                panic!("nginx ended early: {status}:\n{}", self.log());
            }
            let log = self.log();
            assert!(!log.contains("exited on signal"), "nginx: a worker crashed:\n{log}");
            assert!(start.elapsed() < TIMEOUT, "nginx: no two workers answered:\n{log}");
            thread::sleep(Duration::from_millis(5));
        }
        reports
    }

    /// Waits until the server has made its socket.
    pub(super) fn wait_for(&mut self, socket: &Path) {
        let start = Instant::now();
        while !socket.exists() {
            assert!(self.running.ended().is_none(), "nginx ended early:\n{}", self.log());
            assert!(start.elapsed() < TIMEOUT, "nginx does not listen:\n{}", self.log());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Returns the log of nginx, and its stderr.
    pub(super) fn log(&self) -> String {
        let files = ["stderr", "error.log"]
            .map(|name| fs::read(self.prefix.join(name)).unwrap_or_default());
        String::from_utf8_lossy(&files.concat()).into_owned()
    }
}

/// Requests a run of specs; returns the answer with its header.
pub(super) fn request(socket: &Path, location: &str) -> std::io::Result<String> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.write_all(format!("GET {location} HTTP/1.0\r\nHost: rille\r\n\r\n").as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Splits an answer into the worker's id and its report.
pub(super) fn split(answer: &str) -> Option<(u32, String)> {
    let (_, body) = answer.split_once("\r\n\r\n")?;
    let (worker, report) = body.split_once('\n')?;
    Some((worker.trim().parse().ok()?, report.to_owned()))
}
