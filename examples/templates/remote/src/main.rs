//! The program of the plugin: Neovim starts it and talks to it in msgpack-RPC on its standard input and output.
//!
//! Each message is an array:
//!
//! - request: `[0, id, method, parameters]`. The program answers with a response of the same id.
//! - response: `[1, id, error, result]`, where the error or the result is nil.
//! - notification: `[2, method, parameters]`. It has no answer.
//!
//! A request is answered on the main thread, so it has to be quick. Everything slower is a job: the notification `start`
//! runs it on a thread of its own, `cancel` stops it, and the editor is notified of its progress and its end.

use rmpv::{Value, decode::read_value, encode::write_value};
use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{ExitCode, abort, exit};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What Neovim runs for a notification: it accepts the names of its own API functions only, and this one runs Lua.
const RECEIVE: [&str; 2] = ["nvim_exec_lua", "require('relay').receive(...)"];
const MAX_JOBS: usize = 8;
const PROGRESS_INTERVAL: Duration = Duration::from_millis(50);

/// The flags that cancel the running jobs, by the number of the job. The editor chooses the numbers.
static JOBS: Mutex<BTreeMap<u64, Arc<AtomicBool>>> = Mutex::new(BTreeMap::new());

fn main() -> ExitCode {
    let mut input = io::stdin().lock();
    loop {
        match read_value(&mut input) {
            Ok(message) => receive(&message),
            // The editor has closed the pipe, or has ended.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("relay: the input is not msgpack: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
}

/// Handles one message of the editor.
fn receive(message: &Value) {
    let fields = message.as_array().map_or(&[][..], Vec::as_slice);
    match (fields.first().and_then(Value::as_u64), fields) {
        (Some(0), [_, id, method, params]) => {
            let (error, result) = match guard(|| answer(text(method), list(params))) {
                Ok(result) => (Value::Nil, result),
                Err(message) => (Value::from(message), Value::Nil),
            };
            send(vec![1.into(), id.clone(), error, result]);
        }
        (Some(2), [_, method, params]) => match (text(method), list(params)) {
            ("start", [job, method, params]) => start(job, text(method), list(params)),
            ("cancel", [job]) => cancel(job),
            _ => eprintln!("relay: unknown notification: {message}"),
        },
        _ => eprintln!("relay: not a request or a notification: {message}"),
    }
}

/// Answers a request. The next message waits for it.
fn answer(method: &str, params: &[Value]) -> Result<Value, String> {
    match (method, params) {
        ("version", []) => Ok(env!("CARGO_PKG_VERSION").into()),
        ("add", [a, b]) => {
            let numbers = a.as_i64().zip(b.as_i64()).ok_or("add: both parameters must be integers")?;
            let sum = numbers.0.checked_add(numbers.1).ok_or("add: the sum needs more than 64 bits")?;
            Ok(sum.into())
        }
        // Two ways to fail that a program should not have. They prove that the editor survives both.
        ("panic", []) => panic!("on request"),
        ("crash", []) => abort(),
        _ => Err(format!(
            "no method '{method}' with {} parameters (known: version, add with 2, panic, crash)",
            params.len()
        )),
    }
}

/// Does the work of a job. It calls `go_on` often, and returns `None` as soon as that returns false.
fn work(method: &str, params: &[Value], go_on: impl FnMut(u64) -> bool) -> Result<Option<u64>, String> {
    match (method, params) {
        ("primes", [limit]) => {
            let limit = limit.as_u64().ok_or("primes: the limit must be an integer >= 0")?;
            Ok(count_primes(limit, go_on))
        }
        _ => Err(format!("no job '{method}' with {} parameters (known: primes with 1)", params.len())),
    }
}

/// Counts the primes up to `limit` in the slowest way: an example of work that takes long.
fn count_primes(limit: u64, mut go_on: impl FnMut(u64) -> bool) -> Option<u64> {
    let mut count = 0;
    for n in 2..=limit {
        if n % 256 == 0 && !go_on(n) {
            return None;
        }
        count += u64::from((2..).take_while(|d| d * d <= n).all(|d| n % d != 0));
    }
    Some(count)
}

/// Starts a job on a thread of its own. Its last notification is "done", "cancelled" or "failed".
fn start(job: &Value, method: &str, params: &[Value]) {
    let Some(number) = job.as_u64() else { return eprintln!("relay: not the number of a job: {job}") };
    let cancelled = Arc::new(AtomicBool::new(false));
    {
        let mut jobs = JOBS.lock().unwrap();
        if jobs.len() == MAX_JOBS || jobs.contains_key(&number) {
            let message =
                format!("job {number} cannot start: at most {MAX_JOBS} jobs, each with its own number");
            return notify(number, "failed", message.into());
        }
        jobs.insert(number, cancelled.clone());
    }
    let (method, params) = (method.to_owned(), params.to_vec());
    std::thread::spawn(move || {
        let mut notified = Instant::now();
        let go_on = |done: u64| {
            if notified.elapsed() >= PROGRESS_INTERVAL {
                notified = Instant::now();
                notify(number, "progress", done.into());
            }
            !cancelled.load(Relaxed)
        };
        let (state, value) = match guard(|| work(&method, &params, go_on)) {
            Ok(Some(result)) => ("done", result.into()),
            Ok(None) => ("cancelled", Value::Nil),
            Err(message) => ("failed", message.into()),
        };
        JOBS.lock().unwrap().remove(&number);
        notify(number, state, value);
    });
}

/// Asks a job to stop. It may have ended already.
fn cancel(job: &Value) {
    if let Some(cancelled) = job.as_u64().and_then(|number| JOBS.lock().unwrap().get(&number).cloned()) {
        cancelled.store(true, Relaxed);
    }
}

/// Returns what `body` returns; a panic becomes an error message. Rust has then printed its place to stderr.
fn guard<T>(body: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| Err("internal error (a bug in relay)".into()))
}

/// Notifies the editor of the progress or the end of a job.
fn notify(job: u64, state: &str, value: Value) {
    let [method, code] = RECEIVE;
    let params = Value::Array(vec![job.into(), state.into(), value]);
    send(vec![2.into(), method.into(), Value::Array(vec![code.into(), params])]);
}

/// Writes one message. Threads write whole messages, as each locks the output.
fn send(message: Vec<Value>) {
    let mut output = io::stdout().lock();
    if write_value(&mut output, &Value::Array(message)).is_err() || output.flush().is_err() {
        exit(1); // Nobody reads any more.
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
