//! The program without an editor: messages in, messages out.

use rmpv::{Value, decode::read_value, encode::write_value};
use std::io::Write;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: ChildStdout,
}

impl Program {
    fn start() -> Program {
        let mut child = Command::new(env!("CARGO_BIN_EXE_relay"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let (input, output) = (child.stdin.take(), child.stdout.take().expect("a pipe"));
        Program { child, input, output }
    }

    fn send(&mut self, message: Value) {
        write_value(self.input.as_mut().expect("an open pipe"), &message).expect("the program reads");
    }

    fn request(&mut self, id: u64, method: &str, params: Vec<Value>) {
        self.send(Value::Array(vec![0.into(), id.into(), method.into(), Value::Array(params)]));
    }

    fn notify(&mut self, method: &str, params: Vec<Value>) {
        self.send(Value::Array(vec![2.into(), method.into(), Value::Array(params)]));
    }

    fn start_job(&mut self, job: u64, method: &str, params: Vec<Value>) {
        self.notify("start", vec![job.into(), method.into(), Value::Array(params)]);
    }

    /// Returns the next message. A program that does not write one hangs the test: its harness then names it.
    fn next(&mut self) -> Vec<Value> {
        let message = read_value(&mut self.output).expect("a message of the program");
        message.as_array().expect("an array").clone()
    }

    /// Returns the parameters of the next notification: the job, its state, and a value.
    fn next_notification(&mut self) -> Vec<Value> {
        let message = self.next();
        assert_eq!(message[..2], [Value::from(2), Value::from("nvim_exec_lua")]);
        let params = message[2].as_array().expect("parameters");
        assert_eq!(params[0], Value::from("require('relay').receive(...)"));
        params[1].as_array().expect("the arguments of the Lua code").clone()
    }

    /// Returns the last notification of a job, after any progress.
    fn end_of_job(&mut self) -> Vec<Value> {
        loop {
            let event = self.next_notification();
            if event[1] != Value::from("progress") {
                return event;
            }
        }
    }

    /// Closes the input and waits for the end.
    fn end(mut self) -> ExitStatus {
        self.input = None;
        self.child.wait().expect("the program ends")
    }
}

fn error(id: u64, message: &str) -> Vec<Value> {
    vec![1.into(), id.into(), message.into(), Value::Nil]
}

fn result(id: u64, value: impl Into<Value>) -> Vec<Value> {
    vec![1.into(), id.into(), Value::Nil, value.into()]
}

fn event(job: u64, state: &str, value: impl Into<Value>) -> Vec<Value> {
    vec![job.into(), state.into(), value.into()]
}

#[test]
fn requests_are_answered_in_order() {
    let mut program = Program::start();
    program.request(7, "add", vec![2.into(), (-3).into()]);
    program.request(8, "version", vec![]);
    program.request(9, "add", vec![i64::MAX.into(), 1.into()]);
    assert_eq!(program.next(), result(7, -1));
    assert_eq!(program.next(), result(8, env!("CARGO_PKG_VERSION")));
    assert_eq!(program.next(), error(9, "add: the sum needs more than 64 bits"));
    assert!(program.end().success());
}

#[test]
fn unknown_methods_and_wrong_parameters_are_errors() {
    let mut program = Program::start();
    let known = "(known: version, add with 2, panic, crash)";
    program.request(1, "ad", vec![1.into()]);
    assert_eq!(program.next(), error(1, &format!("no method 'ad' with 1 parameters {known}")));
    program.request(2, "add", vec!["a".into(), 1.into()]);
    assert_eq!(program.next(), error(2, "add: both parameters must be integers"));
    program.start_job(3, "prime", vec![]);
    let message = "no job 'prime' with 0 parameters (known: primes with 1)";
    assert_eq!(program.end_of_job(), event(3, "failed", message));
}

#[test]
fn a_panic_is_an_error_and_the_program_continues() {
    let mut program = Program::start();
    program.request(1, "panic", vec![]);
    assert_eq!(program.next(), error(1, "internal error (a bug in relay)"));
    program.request(2, "add", vec![1.into(), 1.into()]);
    assert_eq!(program.next(), result(2, 2));
}

#[test]
fn a_job_ends_with_its_result() {
    let mut program = Program::start();
    program.start_job(5, "primes", vec![1000.into()]);
    assert_eq!(program.end_of_job(), event(5, "done", 168));
}

#[test]
fn a_cancelled_job_stops_and_others_continue() {
    let mut program = Program::start();
    program.start_job(1, "primes", vec![1_000_000_000_000u64.into()]);
    assert_eq!(program.next_notification()[..2], [Value::from(1), Value::from("progress")]);
    program.notify("cancel", vec![1.into()]);
    assert_eq!(program.end_of_job(), event(1, "cancelled", Value::Nil));
    program.notify("cancel", vec![1.into()]); // It has ended: this does nothing.
    program.start_job(1, "primes", vec![10.into()]);
    assert_eq!(program.end_of_job(), event(1, "done", 4));
}

#[test]
fn too_many_jobs_are_refused() {
    let mut program = Program::start();
    for job in 0..9u64 {
        program.start_job(job, "primes", vec![1_000_000_000_000u64.into()]);
    }
    let message = "job 8 cannot start: at most 8 jobs, each with its own number";
    assert_eq!(program.end_of_job(), event(8, "failed", message));
}

#[test]
fn the_program_ends_with_its_input_even_if_a_job_runs() {
    let mut program = Program::start();
    program.start_job(1, "primes", vec![1_000_000_000_000u64.into()]);
    program.next();
    assert!(program.end().success());
}

#[test]
fn other_messages_and_other_input_do_no_harm() {
    let mut program = Program::start();
    program.send("hello".into());
    program.send(Value::Array(vec![]));
    program.send(Value::Array(vec![1.into(), 1.into(), Value::Nil, Value::Nil]));
    program.notify("nvim_error_event", vec![0.into(), "a message".into()]);
    program.notify("start", vec!["one".into(), "primes".into(), Value::Array(vec![])]);
    program.request(1, "add", vec![1.into(), 2.into()]);
    assert_eq!(program.next(), result(1, 3));

    // A message that is cut off is the end of the input: two of three elements are missing.
    program.input.as_mut().unwrap().write_all(&[0x93, 0x00]).unwrap();
    assert!(program.end().success());
}
