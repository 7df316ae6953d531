//! The glue for OpenResty in a server of one worker: waits, requests that end, and filters.

use super::nginx::{Kind, Server, kind, request, split};
use super::process::{Scratch, run};
use super::{TIMEOUT, begin, find_programs, judge, missing};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const HOST: &str = "nginx";

/// Specs in `test/hosts/glue/resty`. Each runs in a request of its own.
const SPECS: [&str; 2] = ["wait", "request"];

/// Returns the servers on this machine that have the Lua module.
fn servers() -> Vec<(PathBuf, Kind)> {
    let found = find_programs("RILLE_NGINX", &["openresty", "nginx"]);
    let able: Vec<_> =
        found.into_iter().filter_map(|program| Some((program.clone(), kind(&program)?))).collect();
    if able.is_empty() {
        missing(
            "the glue for OpenResty",
            "no nginx with the Lua module",
            "apt install nginx-extras",
        );
    }
    able
}

#[test]
fn nginx_glue() {
    for (program, kind) in servers() {
        serve(&program, &kind);
    }
}

fn serve(program: &Path, kind: &Kind) {
    let since = begin();
    let prefix = Scratch::new();
    let mut server = Server::start(program, kind, prefix.path(), "hosts/nginx/resty.conf");
    let socket = server.prefix.join("s");
    let start = Instant::now();
    while !socket.exists() {
        assert!(server.running.ended().is_none(), "nginx ended early:\n{}", server.log());
        assert!(start.elapsed() < TIMEOUT, "nginx does not listen:\n{}", server.log());
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut worker = 0;
    for spec in SPECS {
        let answer = request(&socket, &format!("/run?specs={spec}"));
        let answer = answer.unwrap_or_else(|error| panic!("{spec}: {error}\n{}", server.log()));
        let (pid, report) = split(&answer).unwrap_or_else(|| panic!("{answer}\n{}", server.log()));
        worker = pid;
        judge(HOST, &format!("{spec} of the glue"), &report, since);
    }
    server.running.signal(libc::SIGQUIT);
    let status = server.running.wait(TIMEOUT).expect("nginx quits");
    let log = server.log();
    assert!(status.success(), "nginx: {status}:\n{log}");
    for word in ["exited on signal", "panicked", "[alert]", "[emerg]"] {
        assert!(!log.contains(word), "nginx logged {word:?}:\n{log}");
    }
    // SAFETY: geteuid has no preconditions and cannot fail.
    let directory = std::env::temp_dir().join(format!("rille-{}", unsafe { libc::geteuid() }));
    let left = fs::read_dir(directory).into_iter().flatten().flatten();
    let ours = format!("{worker}.");
    let left: Vec<_> = left.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert!(
        !left.iter().any(|name| name.starts_with(&ours)),
        "the worker left its socket: {left:?}"
    );
}

/// Tests a configuration that requires the library, with the modules in `lua`; returns whether nginx accepts it, and what it
/// prints.
fn accepts(program: &Path, kind: &Kind, lua: &Path, library: Option<&Path>) -> (bool, String) {
    let prefix = Scratch::new();
    let path = lua.display();
    let configuration = format!(
        "{}pid nginx.pid;\nevents {{}}\nhttp {{\nlua_package_path \"{path}/?.lua;{path}/?/init.lua;;\";\n\
         init_by_lua_block {{ require(\"resty.rille\").init({{ backend = \"native\" }}) }}\n}}\n",
        kind.load
    );
    fs::write(prefix.path().join("nginx.conf"), configuration).expect("a file is written");
    fs::create_dir_all(prefix.path().join("logs")).expect("a directory is made");
    let mut command = Command::new(program);
    command.arg("-p").arg(prefix.path()).args(["-c", "nginx.conf", "-t"]);
    for name in ["RILLE_LIB", "RILLE_BACKEND", "LUA_PATH", "LD_LIBRARY_PATH"] {
        command.env_remove(name);
    }
    if let Some(library) = library {
        command.env("RILLE_LIB", library);
    }
    let (status, output) = run(&mut command, TIMEOUT).expect("nginx runs");
    (status.expect("nginx ends").success(), output)
}

#[test]
fn a_start_without_the_required_library_fails_and_names_every_candidate() {
    for (program, kind) in servers() {
        let scratch = Scratch::new();
        let modules = scratch.path().join("share/lua/5.1");
        fs::create_dir_all(&modules).expect("a directory is made");
        let copied = Command::new("cp")
            .arg("-r")
            .args(["rille", "resty"].map(|name| crate::root().join("lua").join(name)))
            .arg(&modules)
            .status()
            .expect("cp to run");
        assert!(copied.success());
        let absent = scratch.path().join("absent.so");
        let (started, output) = accepts(&program, &kind, &modules, Some(&absent));
        assert!(!started, "{output}");
        for part in [
            "rille.resty.init: backend = 'native' is required, but lua is in use: rille: no usable library",
            "absent.so: No such file or directory",
            &scratch.path().join("lib/librille.so.").display().to_string(),
            "RILLE_LIB",
        ] {
            assert!(output.contains(part), "{part:?} is missing:\n{output}");
        }
        // init_by_lua runs in the master, whose environment is whole: the directive `env` is not needed for it.
        let (started, output) = accepts(&program, &kind, &modules, Some(crate::library()));
        assert!(started, "{output}");
    }
}
