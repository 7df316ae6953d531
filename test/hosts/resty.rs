//! The glue for OpenResty in a server of one worker: waits, requests that end, and filters.

use super::nginx::{Kind, Server, kind, request, split};
use super::process::Scratch;
use super::{TIMEOUT, begin, find_programs, judge, missing};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const HOST: &str = "nginx";

/// Specs in `test/hosts/glue/resty`. Each runs in a request of its own.
const SPECS: [&str; 3] = ["wait", "request", "filter"];

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

/// Returns a text packed by gzip.
fn packed(text: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packer, text).expect("memory");
    packer.finish().expect("memory")
}

fn serve(program: &Path, kind: &Kind) {
    let since = begin();
    let prefix = Scratch::new();
    let plain = "the secret is secret\n";
    fs::write(prefix.path().join("plain.txt"), plain).expect("a file is written");
    fs::write(prefix.path().join("packed.gz"), packed(plain.repeat(20).as_bytes()))
        .expect("a file is written");
    let mut server = Server::start(program, kind, prefix.path(), "hosts/nginx/resty.conf");
    let socket = server.prefix.join("s");
    server.wait_for(&socket);
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

/// Starts a server with the modules in `lua` and `options` of `init`; returns what it answers to a request, or what it has printed
/// before it ended.
fn start(
    program: &Path,
    kind: &Kind,
    lua: &Path,
    library: &Path,
    options: &str,
) -> Result<String, String> {
    let prefix = Scratch::new();
    let (path, lua, user) = (prefix.path().display(), lua.display(), super::nginx::user());
    let configuration = format!(
        "{}{user}\ndaemon off;\npid nginx.pid;\nevents {{}}\nhttp {{\n\
         client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s_;\n\
         lua_package_path \"{lua}/?.lua;{lua}/?/init.lua;;\";\n\
         init_by_lua_block {{ rille = require(\"resty.rille\").init({options}) }}\n\
         server {{ listen unix:{path}/s; location / {{ content_by_lua_block {{\n\
         local job = require(\"rille\").literals_job({{ \"a\" }})\n\
         ngx.say(rille.backend, \" \", (require(\"resty.rille\").wait(job)), \" \", \
         require(\"resty.rille\").health().waits) }} }} }}\n}}\n",
        kind.load
    );
    fs::write(prefix.path().join("nginx.conf"), configuration).expect("a file is written");
    let mut command = Command::new(program);
    command.arg("-p").arg(prefix.path()).args(["-c", "nginx.conf", "-e", "error.log"]);
    for name in ["RILLE_BACKEND", "LUA_PATH", "LD_LIBRARY_PATH"] {
        command.env_remove(name);
    }
    let stderr = fs::File::create(prefix.path().join("stderr")).expect("a file");
    command.env("RILLE_LIB", library).stderr(stderr);
    let mut running = super::process::Running::start(&mut command, true).expect("nginx starts");
    let socket = prefix.path().join("s");
    let answer = loop {
        if running.ended().is_some() {
            let files = ["stderr", "error.log"].map(|name| fs::read(prefix.path().join(name)));
            let printed = files.map(Result::unwrap_or_default).concat();
            return Err(String::from_utf8_lossy(&printed).into_owned());
        }
        // Before it fails in init_by_lua, nginx has made its socket, and nobody listens to it.
        match request(&socket, "/") {
            Ok(answer) if !answer.is_empty() => break answer,
            _ => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    running.signal(libc::SIGTERM);
    running.wait(TIMEOUT);
    Ok(body(&answer).to_owned())
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
        let native = "{ backend = \"native\" }";
        let output = start(&program, &kind, &modules, &absent, native).expect_err("no start");
        for part in [
            "rille.resty.init: backend = 'native' is required, but lua is in use: rille: no usable library",
            "absent.so: No such file or directory",
            &scratch.path().join("lib/librille.so.").display().to_string(),
            "RILLE_LIB",
        ] {
            assert!(output.contains(part), "{part:?} is missing:\n{output}");
        }
        // Without the requirement the fallback runs, and waits for its jobs.
        assert_eq!(
            start(&program, &kind, &modules, &absent, "").expect("a start"),
            "lua done sleep\n"
        );
        // init_by_lua runs in the master, whose environment is whole: the directive `env` is not needed for it.
        let library = crate::library();
        assert_eq!(
            start(&program, &kind, &modules, library, native).expect("a start"),
            "native done event\n"
        );
    }
}

/// Returns the code blocks of the page with an info string.
fn blocks(info: &str) -> Vec<String> {
    let page = fs::read_to_string(crate::root().join("doc/openresty.md")).expect("the page");
    let mut lines = page.lines();
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        if line.strip_prefix("```") == Some(info) {
            blocks.push(
                lines.by_ref().take_while(|line| *line != "```").collect::<Vec<_>>().join("\n"),
            );
        }
    }
    blocks
}

/// Returns the body of an answer.
fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

#[test]
fn every_snippet_of_the_page_runs_in_nginx() {
    for (program, kind) in servers() {
        let prefix = Scratch::new();
        let texts = prefix.path().join("texts");
        fs::create_dir(&texts).expect("a directory is made");
        fs::write(texts.join("a.txt"), "one\nTODO two\n").expect("a file is written");
        let [page] = blocks("nginx").try_into().expect("one configuration");
        let lua = crate::root().join("lua");
        let mut page = page
            .replace("/opt/rille/share/lua/5.1", lua.to_str().expect("a path in UTF-8"))
            .replace("/srv/text", texts.to_str().expect("a path in UTF-8"))
            .replace("listen 8080;", "listen unix:@PREFIX@/s;\n@BLOCKS@");
        let snippets = blocks("lua resty");
        assert!(snippets.len() >= 4);
        let mut locations = String::new();
        for (i, snippet) in snippets.iter().enumerate() {
            let snippet = snippet.replace("/srv/text", texts.to_str().expect("a path in UTF-8"));
            fs::write(prefix.path().join(format!("{i}.lua")), snippet).expect("a file is written");
            locations += &format!(
                "location = /block/{i} {{ content_by_lua_file @PREFIX@/{i}.lua; log_by_lua_block {{ resty.finish() }} }}\n"
            );
        }
        page = page.replace("@BLOCKS@", &locations);
        let head = "@LOAD_MODULES@\n@USER@\n@ENV@\ndaemon off;\nworker_processes 1;\npid nginx.pid;\nevents {}\n";
        let template = prefix.path().join("template.conf");
        fs::write(&template, head.to_owned() + &page).expect("a file is written");
        let template = template.to_str().expect("a path in UTF-8");
        // The directories that nginx makes for bodies are those that it was built with.
        let mut server = Server::start(&program, &kind, prefix.path(), template);
        let socket = server.prefix.join("s");
        server.wait_for(&socket);
        let get = |server: &Server, path: &str| {
            let answer = request(&socket, path);
            answer.unwrap_or_else(|error| panic!("{path}: {error}\n{}", server.log()))
        };
        assert_eq!(body(&get(&server, "/count?text=abc")), "3\n");
        assert_eq!(body(&get(&server, "/masked")), "the *** ***");
        let found = format!("{}/a.txt:2\n", texts.display());
        assert_eq!(body(&get(&server, "/grep")), found, "{}", server.log());
        assert_eq!(body(&get(&server, "/upload")), "taken\n", "{}", server.log());
        for (i, snippet) in snippets.iter().enumerate() {
            let promised = snippet.lines().filter_map(|line| line.split_once(" --> "));
            let promised: String = promised.map(|(_, text)| text.to_owned() + "\n").collect();
            let answer = get(&server, &format!("/block/{i}"));
            assert_eq!(body(&answer), promised, "{snippet}\n{}", server.log());
        }
    }
}

#[test]
fn the_example_runs_in_nginx() {
    let root = crate::root().to_str().expect("a path in UTF-8");
    for (program, kind) in servers() {
        // The prefix stands for the checkout: the service searches in its files.
        let prefix = Scratch::new();
        fs::create_dir(prefix.path().join("src")).expect("a directory is made");
        fs::write(prefix.path().join("src/a.rs"), "one\nfn reverse_all() {\n").expect("a file");
        let conf = fs::read_to_string(crate::root().join("examples/openresty/nginx.conf"))
            .expect("the example")
            .replace("daemon off;", "@LOAD_MODULES@\n@USER@\n@ENV@\ndaemon off;")
            .replace("listen 8080;", "listen unix:@PREFIX@/s;")
            .replace("target/nginx", "nginx")
            .replace("$prefix/", &format!("{root}/"))
            .replace("root examples", &format!("root {root}/examples"));
        let template = prefix.path().join("template.conf");
        fs::write(&template, conf).expect("a file is written");
        let template = template.to_str().expect("a path in UTF-8");
        let mut server = Server::start(&program, &kind, prefix.path(), template);
        let socket = server.prefix.join("s");
        server.wait_for(&socket);
        for (path, promised) in [
            ("/search?q=fn+reverse_%5Cw%2B", "src/a.rs:2: fn reverse_all() {\n"),
            ("/search?q=fn+(", "unclosed group at 4\n"),
            ("/complete?q=sra", "src/a.rs\n"),
            ("/complete?q=zzz", ""),
            ("/people.txt", "Ada Lovelace <hidden>\nGrace Hopper <hidden>\nNobody in particular\n"),
        ] {
            let answer = request(&socket, path);
            let answer = answer.unwrap_or_else(|error| panic!("{path}: {error}\n{}", server.log()));
            assert_eq!(body(&answer), promised, "{path}\n{}", server.log());
        }
    }
}
