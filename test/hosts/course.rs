//! The lessons of `examples/course`: each runs in the hosts that its header claims, and prints what its comments say.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use mlua::{Lua, LuaString, Table};

use super::{
    apply, environment, file, find_programs, missing,
    nginx::{Server, kind, request},
    process::{Scratch, run},
    programs::{is_since, version},
};
use crate::{root, support::say};

/// Maximum time of a lesson. It bounds a hang and does not measure speed.
const LIMIT: Duration = Duration::from_secs(60);

/// The words that name a host, in lower case.
const HOST_WORDS: [&str; 9] =
    ["vim", "nvim", "neovim", "ngx", "nginx", "resty", "openresty", "love", "löve"];

/// The global table of a host, and the comment that marks each paragraph that uses it.
const MARKS: [(&str, &str); 3] =
    [("vim", "-- Neovim:"), ("ngx", "-- OpenResty:"), ("love", "-- LÖVE:")];

/// The globals that each host adds, as the README of the course has them.
const ADDED: [(&str, &[&str]); 4] = [
    ("luajit", &["arg"]),
    ("nvim", &["vim", "lpeg"]),
    ("nginx", &["ngx", "ndk"]),
    ("love", &["love"]),
];

struct Lesson {
    /// For example `01`.
    number: String,
    name: String,
    text: String,
}

impl Lesson {
    /// Returns the hosts in the header.
    fn hosts(&self) -> Vec<&str> {
        let first = self.text.lines().next().unwrap_or_default();
        let list = first.strip_prefix("-- Hosts: ");
        list.unwrap_or_else(|| panic!("{}: no hosts in the header", self.name))
            .split(", ")
            .collect()
    }

    /// Returns the lines that the lesson says it prints.
    fn expected(&self) -> Vec<&str> {
        self.text.lines().filter_map(|line| Some(line.rsplit_once("--> ")?.1)).collect()
    }

    /// Panics unless the output is what the lesson says.
    #[track_caller]
    fn check(&self, host: &str, output: &str) {
        let printed: Vec<_> = output.lines().map(|line| line.replace('\t', " ")).collect();
        let expected = self.expected();
        for (i, (line, pattern)) in printed.iter().zip(&expected).enumerate() {
            assert!(
                is_match(line, pattern),
                "{} in {host}, line {} of the output is\n  {line}\nand the lesson says\n  {pattern}\nAll of it:\n{output}",
                self.name,
                i + 1
            );
        }
        assert_eq!(printed.len(), expected.len(), "{} in {host}:\n{output}", self.name);
        if self.name == "02-globals.lua" {
            let added = printed.iter().find_map(|line| line.strip_prefix("added here: "));
            let added: Vec<_> = added.expect("a line of names").split(' ').collect();
            let (_, names) = ADDED.iter().find(|(name, _)| *name == host).expect("a known host");
            assert!(names.iter().all(|name| added.contains(name)), "{host}: {added:?}");
        }
    }
}

/// Whether a printed line is what the lesson says, where `…` stands for any text.
fn is_match(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('…');
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let mut parts: Vec<_> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn an_ellipsis_stands_for_any_text_and_nothing_else_does() {
    for (line, pattern) in [
        ("abc", "abc"),
        ("abc", "a…"),
        ("abc", "…c"),
        ("abc", "a…bc"),
        ("a-b-c", "a…b…c"),
        ("", "…"),
    ] {
        assert!(is_match(line, pattern), "{line} {pattern}");
    }
    for (line, pattern) in [
        ("abcd", "abc"),
        ("abc", "abcd"),
        ("abc", "b…"),
        ("abc", "…b"),
        ("ab", "ab…b"),
        ("ac", "a…b…c"),
    ] {
        assert!(!is_match(line, pattern), "{line} {pattern}");
    }
}

fn lessons() -> Vec<Lesson> {
    let mut lessons: Vec<_> = fs::read_dir(root().join("examples/course"))
        .expect("the course")
        .map(|entry| entry.expect("an entry of the directory"))
        .filter_map(|entry| {
            let name = entry.file_name().into_string().expect("a name in UTF-8");
            let number = name.split('-').next()?.to_owned();
            let text = number.parse::<u32>().ok().map(|_| fs::read_to_string(entry.path()))?;
            Some(Lesson { number, name, text: text.expect("a lesson is text") })
        })
        .collect();
    lessons.sort_by(|a, b| a.name.cmp(&b.name));
    lessons
}

#[test]
fn the_table_of_contents_lists_every_lesson_in_order() {
    let contents = fs::read_to_string(root().join("examples/course/README.md")).expect("a README");
    let rows = contents.lines().filter(|line| line.starts_with("| ["));
    let rows: Vec<_> = rows.map(|row| row.split([']', ')']).take(2).collect::<String>()).collect();
    let lessons = lessons();
    let expected = lessons.iter().map(|lesson| format!("| [{}({}", lesson.number, lesson.name));
    assert_eq!(rows, expected.collect::<Vec<_>>());
    for (i, lesson) in lessons.iter().enumerate() {
        assert_eq!(lesson.number, format!("{:02}", i + 1));
    }
    for name in ADDED.iter().flat_map(|(_, names)| *names) {
        assert!(contents.contains(&format!("`{name}`")), "the README must name `{name}`");
    }
}

#[test]
fn lessons_are_short_and_name_hosts_only_where_they_say_so() {
    for Lesson { name, text, .. } in &lessons() {
        let count = text.lines().count();
        assert!(count < 80, "{name} has {count} lines");
    }
    for lesson in &lessons() {
        let name = &lesson.name;
        let hosts = lesson.hosts();
        let known = ["luajit", "nvim", "nginx", "love"];
        let in_order: Vec<_> = known.into_iter().filter(|host| hosts.contains(host)).collect();
        assert_eq!(hosts, in_order, "{name}");
        assert!(lesson.text.lines().nth(1).is_some_and(|line| line.starts_with("-- You learn: ")));
        assert!(!lesson.expected().is_empty(), "{name} prints nothing");
        let words = |text: &str| -> BTreeSet<String> {
            let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.map(str::to_lowercase).collect()
        };
        let (_, body) = lesson.text.split_once('\n').expect("lines after the header");
        if hosts.contains(&"luajit") {
            let named = words(body);
            let named: Vec<_> = HOST_WORDS.iter().filter(|word| named.contains(**word)).collect();
            assert!(named.is_empty(), "{name} is for every host, and names {named:?}");
        }
        for paragraph in body.split("\n\n") {
            let code = paragraph.lines().map(|line| line.split("--").next().unwrap_or_default());
            let mut used = words(&code.collect::<Vec<_>>().join("\n"));
            // Short names of parts of `vim`.
            if used.iter().any(|word| word == "uv" || word.starts_with("nvim_")) {
                used.insert("vim".to_owned());
            }
            for (global, mark) in MARKS {
                let is_marked = paragraph.trim_start().starts_with(mark);
                assert_eq!(
                    used.contains(global),
                    is_marked,
                    "{name}: a paragraph uses `{global}` if and only if it begins with `{mark}`:\n{paragraph}"
                );
            }
        }
    }
}

/// Runs the lessons of a host, each in a process of its own.
#[track_caller]
fn each(host: &str, prepare: impl Fn() -> Command, variables: &[(&'static str, &str)]) {
    let program = prepare().get_program().to_owned();
    let program = Path::new(&program);
    let mut count = 0;
    for lesson in lessons() {
        if lesson.hosts().contains(&host) {
            let home = Scratch::new();
            let mut environment = environment(host, home.path());
            // The course finds the modules without help.
            environment.retain(|(name, _)| *name != "LUA_PATH");
            environment.push(("LUA_PATH", None));
            environment
                .extend(variables.iter().map(|(name, value)| (*name, Some((*value).to_owned()))));
            // Lessons start their own program again, by its name; a wrapper may hide where it is.
            let name = home.path().join(if host == "nvim" { "nvim" } else { "program" });
            std::os::unix::fs::symlink(program, &name).expect("a link is made");
            let search = std::env::var("PATH").unwrap_or_default();
            environment.push(("PATH", Some(format!("{}:{search}", home.path().display()))));
            environment.push(("RILLE_CHILD", Some(name.to_string_lossy().into_owned())));
            let mut command = prepare();
            apply(&mut command, &environment);
            command.arg(&lesson.number).current_dir(home.path());
            let (status, output) = run(&mut command, LIMIT).expect("the host starts");
            lesson.check(host, &output);
            let is_success = status.is_some_and(|status| status.success());
            assert!(is_success, "{} in {host}: {status:?}\n{output}", lesson.name);
            count += 1;
        }
    }
    assert!(count > 0, "no lesson is for {host}");
}

/// Builds the program of the template, and runs lesson 11 with it.
#[test]
fn lesson_11_gets_the_same_answers_from_the_program_in_rust() {
    if std::env::var_os("RILLE_TEMPLATES").is_none_or(|value| value != "1") {
        return say(
            "skipped: lesson 11 with the template in Rust: .ci/templates downloads its crates",
        );
    }
    let target = root().join("target/under-test/templates");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--offline"])
        .current_dir(root().join("examples/templates/remote"))
        .env("CARGO_TARGET_DIR", &target)
        .status();
    assert!(status.expect("cargo to run").success());
    let lessons = lessons();
    let lesson = lessons.iter().find(|lesson| lesson.number == "11").expect("lesson 11");
    for program in
        [recent("RILLE_NVIM", &["nvim"]), recent("RILLE_NVIM_OLD", &[])].into_iter().flatten()
    {
        let home = Scratch::new();
        std::os::unix::fs::symlink(&program, home.path().join("nvim")).expect("a link is made");
        let mut command = Command::new(&program);
        command.args(["--clean", "-l"]).arg(script()).arg("11").current_dir(home.path());
        command.env("RELAY_PROGRAM", target.join("debug/relay"));
        let (_, output) = run(&mut command, LIMIT).expect("the host starts");
        // The program says on stderr why it crashes.
        lesson.check("nvim", &output);
        assert!(output.contains("the backend is written in Rust"), "{output}");
    }
}

#[test]
fn a_lesson_that_is_not_for_this_host_or_not_there_is_refused_in_one_line() {
    let Some(program) = find_programs("RILLE_LUAJIT", &["luajit2", "luajit"]).into_iter().next()
    else {
        return missing("course", "no luajit on PATH", "apt install luajit, or set RILLE_LUAJIT");
    };
    for (lesson, message) in [
        ("3", "this lesson does not run in luajit, only in: nvim\n"),
        ("16", "this lesson does not run in luajit, only in: nvim, nginx, love\n"),
        ("99", "there is no lesson 99 (known: 01 to 18)\n"),
    ] {
        let mut command = Command::new(&program);
        let (status, output) =
            run(command.arg(script()).arg(lesson), LIMIT).expect("luajit starts");
        assert_eq!((status.and_then(|status| status.code()), &*output), (Some(1), message));
    }
    let (status, output) = run(Command::new(&program).arg(script()), LIMIT).expect("luajit starts");
    assert!(status.is_some_and(|status| status.success()));
    let listed: Vec<_> = output.lines().skip(1).map(str::trim).collect();
    assert_eq!(listed, lessons().iter().map(|lesson| &*lesson.name).collect::<Vec<_>>());
}

fn script() -> PathBuf {
    root().join("examples/course/run.lua")
}

#[test]
fn luajit() {
    let found = find_programs("RILLE_LUAJIT", &["luajit2", "luajit"]);
    if found.is_empty() {
        missing("course (luajit)", "no luajit on PATH", "apt install luajit, or set RILLE_LUAJIT");
    }
    for program in found {
        let prepare = || {
            let mut command = Command::new(&program);
            command.arg(script());
            command
        };
        each("luajit", prepare, &[]);
    }
}

fn in_neovim(program: &Path) {
    let prepare = || {
        let mut command = Command::new(program);
        command.args(["--clean", "-l"]).arg(script());
        command
    };
    each("nvim", prepare, &[]);
}

#[test]
fn neovim() {
    match recent("RILLE_NVIM", &["nvim"]) {
        Some(program) => in_neovim(&program),
        None => missing(
            "course (nvim)",
            "no Neovim 0.10 or later on PATH",
            "run .ci/get-modern-hosts and set RILLE_NVIM",
        ),
    }
}

#[test]
fn neovim_old() {
    match recent("RILLE_NVIM_OLD", &[]) {
        Some(program) => in_neovim(&program),
        None => missing(
            "course (nvim, old)",
            "RILLE_NVIM_OLD is not set",
            "run .ci/get-modern-hosts --suite trixie and set it",
        ),
    }
}

/// Returns the first Neovim, if it is one that the plugin supports.
fn recent(variable: &str, names: &[&str]) -> Option<PathBuf> {
    let program = find_programs(variable, names).into_iter().next()?;
    is_since(&version(&program, "--version", "NVIM"), [0, 10]).then_some(program)
}

#[test]
fn love() {
    let Some(program) = find_programs("RILLE_LOVE", &["love"]).into_iter().next() else {
        return missing("course (love)", "no love on PATH", "apt install love, or set RILLE_LOVE");
    };
    let prepare = || {
        let mut command = Command::new(&program);
        command.arg(file("hosts/course"));
        command
    };
    let variables = [("SDL_VIDEODRIVER", "dummy"), ("SDL_AUDIODRIVER", "dummy")];
    each("love", prepare, &variables);
}

#[test]
fn nginx() {
    let found = find_programs("RILLE_NGINX", &["openresty", "nginx"]);
    let able: Vec<_> = found.iter().filter_map(|program| Some((program, kind(program)?))).collect();
    if able.is_empty() {
        missing("course (nginx)", "no nginx with the Lua module", "apt install nginx-extras");
    }
    for (program, kind) in able {
        let prefix = Scratch::new();
        let mut server = Server::start(program, &kind, prefix.path(), "hosts/nginx/course.conf");
        let socket = prefix.path().join("s");
        server.wait_for(&socket);
        for lesson in lessons().iter().filter(|lesson| lesson.hosts().contains(&"nginx")) {
            let answer = request(&socket, &format!("/{}", lesson.number)).expect("an answer");
            let output =
                answer.split_once("\r\n\r\n").and_then(|(_, body)| body.strip_suffix("the end\n"));
            let Some(output) = output else {
                panic!("{}:\n{answer}\n{}", lesson.name, server.log());
            };
            lesson.check("nginx", output);
        }
    }
}

#[rustfmt::skip]
mod in_rust {
    use super::{Lua, LuaString, Table};

    // The module that lesson 12 shows; without the attribute, which exports it.
    pub fn course_count(lua: &Lua) -> mlua::Result<Table> {
        let count = |_: &Lua, (text, byte): (LuaString, u8)| Ok(text.as_bytes().iter().filter(|b| **b == byte).count());
        let module = lua.create_table()?;
        module.set("count", lua.create_function(count)?)?;
        Ok(module)
    }
}

#[test]
fn the_module_in_rust_of_lesson_12_works() {
    let lua = Lua::new();
    let module = in_rust::course_count(&lua).expect("a module");
    lua.globals().set("module", module).expect("a global");
    let count: u32 = lua.load("return module.count('banana', 97)").eval().expect("a number");
    assert_eq!(count, 3);
    let path = root().join("examples/course/12-c-api.lua");
    let lesson = fs::read_to_string(path).expect("the lesson");
    let shown = lesson.lines().filter_map(|line| line.strip_prefix("--   ")).map(str::trim);
    let source =
        include_str!("course.rs").lines().map(|line| line.trim().trim_start_matches("pub "));
    let source: Vec<_> = source.collect();
    let mut count = 0;
    for line in shown.filter(|line| !line.starts_with("#[")) {
        assert!(source.contains(&line), "lesson 12 shows another line than this test runs: {line}");
        count += 1;
    }
    assert_eq!(count, 6);
}
