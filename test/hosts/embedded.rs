//! LuaJIT inside this process, as an application embeds it: the one host that is always available.
//!
//! All of these tests run at once in one process, each with Lua states of its own over one loaded library; variables that
//! differ between them are therefore set in the state, never in the process.

use std::{
    sync::{Arc, Barrier, Mutex},
    thread,
};

use mlua::{Function, Lua, Table};

use super::{begin, file, judge, lua_path};

const ABOUT: &str = "LuaJIT by mlua";

/// A Lua state in which specs can be run, more than once.
struct SpecState {
    lua: Lua,
    host: &'static str,
    backend: &'static str,
    jit: bool,
}

impl SpecState {
    fn new(host: &'static str) -> Self {
        // SAFETY: the specs are ours; they load `ffi`, which only an unsafe state has.
        let lua = unsafe { Lua::unsafe_new() };
        let package: Table = lua.globals().get("package").expect("package");
        let path: String = package.get("path").expect("package.path");
        package.set("path", lua_path() + ";" + &path).expect("package.path is set");
        SpecState { lua, host, backend: "native", jit: true }
    }

    /// Runs specs, all of them by default; returns the runner's report.
    fn run(&self, specs: Option<&str>) -> String {
        let report = Arc::new(Mutex::new(String::new()));
        self.try_run(specs, &report).unwrap_or_else(|e| panic!("{}: {e}", self.host));
        report.lock().unwrap().clone()
    }

    fn try_run(&self, specs: Option<&str>, report: &Arc<Mutex<String>>) -> mlua::Result<()> {
        let lua = &self.lua;
        let env = lua.create_table()?;
        env.set("RILLE_ROOT", crate::root().to_str())?;
        env.set("RILLE_LIB", crate::testing_library().to_str())?;
        env.set("RILLE_TESTING", "1")?;
        env.set("RILLE_HOST", self.host)?;
        // False hides the variable of the process.
        env.set("RILLE_JIT", false)?;
        env.set("RILLE_BACKEND", false)?;
        if self.backend == "lua" {
            env.set("RILLE_BACKEND", "lua")?;
        }

        let config = lua.create_table()?;
        config.set("env", env)?;
        config.set("host", self.host)?;
        config.set("jit", self.jit)?;
        config.set("shared", true)?;
        config.set("expect", self.backend)?;
        let all: Vec<_> =
            crate::specs().iter().map(|spec| spec.to_string_lossy().into_owned()).collect();
        config.set("specs", specs.map_or(all, |spec| vec![spec.to_owned()]))?;
        let report = Arc::clone(report);
        let print = move |_: &Lua, line: mlua::LuaString| {
            let mut report = report.lock().unwrap();
            report.push_str(&line.to_string_lossy());
            report.push('\n');
            Ok(())
        };
        config.set("print", lua.create_function(print)?)?;

        let dofile: Function = lua.globals().get("dofile")?;
        let runner: Function = dofile.call(file("support/runner.lua").to_str())?;
        runner.call(config)
    }
}

#[test]
fn native() {
    let since = begin();
    let state = SpecState::new("embedded");
    judge(state.host, ABOUT, &state.run(None), since);
}

#[test]
fn nojit() {
    let since = begin();
    let state = SpecState { jit: false, ..SpecState::new("embedded-nojit") };
    judge(state.host, ABOUT, &state.run(None), since);
}

#[test]
fn fallback() {
    let since = begin();
    let state = SpecState { backend: "lua", ..SpecState::new("embedded-fallback") };
    judge(state.host, ABOUT, &state.run(None), since);
}

/// A state is closed while it holds one handle of each kind, and its last finaliser still calls the library after the
/// namespace is gone. Both must be harmless; only an unmapped library or a freed handle used again is not.
#[test]
fn closed_with_live_handles() {
    let since = begin();
    let state = SpecState::new("embedded-close");
    // Created before rille is loaded, so finalised after it: Lua closes in the reverse order.
    let last = "late = newproxy(true); getmetatable(late).__gc = function() pcall(late_call) end";
    state.lua.load(last).exec().expect("a finaliser is set");
    let report = state.run(None);
    // Not earlier: specs that create much garbage on purpose would keep all of it.
    state.lua.gc_stop();
    let make: Function =
        state.lua.load(file("hosts/live_handles.lua")).into_function().expect("it compiles");
    let held: u32 = make.call(crate::root().to_str()).expect("handles are made");
    drop((make, state));
    judge("embedded-close", &format!("{ABOUT}, closed with {held} handles alive"), &report, since);
    assert!(
        held > 0,
        "no handle was alive: test/hosts/live_handles.lua knows no constructor that works"
    );
}

#[test]
fn two_states_alternately() {
    let since = begin();
    let states = [SpecState::new("embedded-first"), SpecState::new("embedded-second")];
    let mut passed = [0, 0];
    for spec in crate::specs() {
        let spec = spec.to_string_lossy();
        for (state, passed) in states.iter().zip(&mut passed) {
            let report = state.run(Some(&spec));
            let counts = super::counts(state.host, &report).filter(|counts| counts.failed == 0);
            assert_eq!(super::skipped_in_vain(state.host, &report), [""; 0], "{spec}");
            *passed += counts.unwrap_or_else(|| panic!("{} {spec}:\n{report}", state.host)).passed;
        }
    }
    assert!(passed.iter().all(|passed| *passed > 0), "no test ran");
    // The first is closed, and the second continues.
    let [first, second] = states;
    drop(first);
    let call = r#"return require("rille").text.reverse("rille")"#;
    let reversed: String = second.lua.load(call).eval().expect("the library is still there");
    assert_eq!(reversed, "ellir");
    let seconds = since.elapsed().as_secs_f64();
    super::say(&format!(
        "embedded-first, embedded-second: passed={passed:?} ({ABOUT}, {seconds:.2} s)"
    ));
}

#[test]
fn two_states_at_once() {
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        for host in ["embedded-left", "embedded-right"] {
            let barrier = &barrier;
            scope.spawn(move || {
                let state = SpecState::new(host);
                barrier.wait();
                let since = begin();
                judge(host, ABOUT, &state.run(None), since);
            });
        }
    });
}
