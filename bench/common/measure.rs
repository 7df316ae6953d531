//! Side-by-side measurements: rille and its peers take turns on the same text, and the results are ratios of their times.
//!
//! How and why: `bench/README.md`.

use crate::texts::{KB, Text};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Maximum and minimum rounds of each contender.
const ROUNDS: usize = 21;
const FEWEST: usize = 7;
/// Duration of one turn of a contender.
const TURN: Duration = Duration::from_millis(5);
/// Maximum duration of a row; slow peers get fewer turns for it.
const MAX_ROW_TIME: Duration = Duration::from_secs(2);
/// The ratio that counts as equal: two runs of the very same code differ by as much.
pub const EQUAL: f64 = 0.97;

/// The selection on the command line, and the goals reached and lost.
pub struct Bench {
    /// One short pass, for CI: results are compared, times are not printed.
    quick: bool,
    /// Only rows whose name contains this.
    only: String,
    reached: usize,
    lost: Vec<String>,
}

impl Bench {
    pub fn from_env() -> Bench {
        Bench {
            quick: std::env::var_os("RILLE_BENCH").is_some_and(|mode| mode == "quick"),
            only: std::env::args().skip(1).find(|arg| !arg.starts_with('-')).unwrap_or_default(),
            reached: 0,
            lost: Vec::new(),
        }
    }

    /// Prints the title of a section.
    pub fn title(&self, title: &str) {
        println!("\n{title}");
        if !self.quick {
            println!(
                "{:38} {:>10}  {:24} {:>10} {:>8}  {:>13} {:>6}",
                "", "rille", "peer", "", "times", "spread", "reach"
            );
        }
    }

    /// Whether a section of this name was selected, entirely or in part.
    pub fn wants_part(&self, part: &str) -> bool {
        self.only.is_empty() || part.contains(&self.only) || self.only.contains(part)
    }

    /// Prints a promise that is not a ratio of one row: its value, and the minimum or maximum that is promised.
    pub fn promise(&mut self, what: &str, value: f64, unit: &str, reach: Reach) {
        if self.quick {
            return println!("{what}: measured");
        }
        let (good, word, limit) = match reach {
            Reach::Least(limit) => (value >= limit, "at least", limit),
            Reach::Most(limit) => (value <= limit, "at most", limit),
        };
        let verdict = if good { "reached" } else { "LOST" };
        println!("{what:64} {value:>9.2} {unit:10} {word} {limit} {verdict}");
        if good {
            self.reached += 1;
        } else {
            self.lost.push(format!("{what}: {value:.2} {unit}, {word} {limit}"));
        }
    }

    /// Prints the title of a section with absolute figures: see [`Bench::figure`].
    pub fn limits_title(&self, title: &str) {
        println!("\n{title}");
    }

    /// Whether this is a short pass that only compares.
    pub fn quick(&self) -> bool {
        self.quick
    }

    /// Whether a row of this name was selected.
    pub fn wants(&self, name: &str) -> bool {
        name.contains(&self.only)
    }

    /// Returns how often to repeat a measurement that is not a row: at most 3 times in a short pass.
    pub fn times(&self, usual: u32) -> u32 {
        if self.quick { usual.min(3) } else { usual }
    }

    /// Prints an absolute figure and its maximum. It depends on the machine.
    pub fn figure(&mut self, name: &str, what: &str, value: f64, unit: &str, most: f64) {
        self.promise(&format!("{name}, {what}"), value, unit, Reach::Most(most));
    }

    /// Begins a row: the work `what` on a text. Add rille's call and those of peers, then `run` it.
    pub fn row<'a>(&'a mut self, what: &str, text: &'a Text) -> Row<'a> {
        Row { name: format!("{what}, {}", text.name), text, bench: self, ways: Vec::new() }
    }

    /// Measures work on something large that every contender does once in each round: rille first, then its peers, each with
    /// its goal. All results must be equal, except those whose name begins with "limit".
    pub fn race(&mut self, name: &str, len: usize, ways: &mut [Contender<'_>]) {
        if !self.wants(name) {
            return;
        }
        let (mut expected, mut times) = (None, vec![Vec::new(); ways.len()]);
        for round in 0..if self.quick { 1 } else { FEWEST + 1 } {
            for (way, times) in ways.iter_mut().zip(&mut times) {
                let since = Instant::now();
                let answer = (way.run)();
                // The first round fills the caches.
                if round > 0 {
                    times.push(since.elapsed().as_secs_f64());
                }
                if !way.name.starts_with("limit") {
                    assert_eq!(*expected.get_or_insert(answer), answer, "{name}: {}", way.name);
                }
            }
        }
        if self.quick {
            return println!("{name}: equal");
        }
        let ours = median(&times[0]);
        for (way, times_of) in ways.iter().zip(&times).skip(1) {
            let theirs = median(times_of);
            let ratios: Vec<f64> = times_of.iter().zip(&times[0]).map(|(a, b)| a / b).collect();
            let spread = quartiles(&ratios);
            let verdict = self.verdict(name, way.name, way.reach, theirs / ours, spread);
            println!(
                "{name:38} {:>10}  {:24} {:>10} {:>8.2}  {:>13} {verdict}",
                speed(ours, len),
                way.name,
                speed(theirs, len),
                theirs / ours,
                format!("{:.2}-{:.2}", spread.0, spread.1),
            );
        }
    }

    /// Prints how many goals were reached.
    pub fn finish(self) {
        if self.quick {
            println!("\nresults are equal; times are not measured in a quick pass");
        } else {
            println!("\n{} goals reached, {} lost", self.reached, self.lost.len());
            self.lost.iter().for_each(|lost| println!("  lost: {lost}"));
        }
    }

    /// Compares a ratio with its goal; returns the text for the table, with a `?` if another run may come out the other way.
    fn verdict(
        &mut self,
        row: &str,
        peer: &str,
        reach: Option<f64>,
        ratio: f64,
        spread: (f64, f64),
    ) -> String {
        let Some(reach) = reach else { return String::new() };
        let verdict = if ratio >= reach {
            self.reached += 1;
            "reached"
        } else {
            self.lost.push(format!("{row}, against {peer}: {ratio:.2} of {reach}"));
            "LOST"
        };
        let unsure = if spread.0 < reach && reach < spread.1 { "?" } else { "" };
        format!("{reach:>6} {verdict}{unsure}")
    }
}

/// A contender in a race.
pub struct Contender<'a> {
    pub name: &'a str,
    pub reach: Option<f64>,
    pub run: &'a mut dyn FnMut() -> u64,
}

/// The promised bound of a figure.
#[derive(Clone, Copy)]
pub enum Reach {
    Least(f64),
    Most(f64),
}

/// A contender of a row. It takes the text and an output as long as the text; its result is compared.
struct Way<'a> {
    peer: &'a str,
    reach: Option<f64>,
    /// Whether output and result are equal to rille's.
    same: bool,
    turn: Turn<'a>,
    /// Seconds per call, by round.
    times: Vec<f64>,
}

/// Runs a number of calls in a row; returns how long they took, and the result of the last. The loop is compiled around
/// each contender, so that no indirect call is measured.
type Turn<'a> = Box<dyn FnMut(&[u8], &mut [u8], u64) -> (Duration, usize) + 'a>;

pub struct Row<'a> {
    bench: &'a mut Bench,
    name: String,
    text: &'a Text,
    ways: Vec<Way<'a>>,
}

impl<'a> Row<'a> {
    fn way<F>(mut self, peer: &'a str, reach: Option<f64>, same: bool, mut call: F) -> Self
    where
        F: FnMut(&[u8], &mut [u8]) -> usize + 'a,
    {
        let turn = move |text: &[u8], out: &mut [u8], calls| {
            let mut answer = 0;
            let since = Instant::now();
            for _ in 0..calls {
                answer = black_box(call(black_box(text), black_box(&mut *out)));
            }
            (since.elapsed(), answer)
        };
        self.ways.push(Way { peer, reach, same, turn: Box::new(turn), times: Vec::new() });
        self
    }

    /// Adds rille's call, which must be the first.
    pub fn rille(self, call: impl FnMut(&[u8], &mut [u8]) -> usize + 'a) -> Self {
        self.way("rille", None, true, call)
    }

    /// Adds a peer's call with the same result, and the goal: how many times as fast rille should be.
    pub fn peer<F>(self, name: &'a str, reach: Option<f64>, call: F) -> Self
    where
        F: FnMut(&[u8], &mut [u8]) -> usize + 'a,
    {
        self.way(name, reach, true, call)
    }

    /// Adds a call that does less than the work and bounds its speed, such as a copy.
    pub fn limit<F>(self, name: &'a str, reach: Option<f64>, call: F) -> Self
    where
        F: FnMut(&[u8], &mut [u8]) -> usize + 'a,
    {
        self.way(name, reach, false, call)
    }

    /// Compares the results, then measures, and prints a line for each peer.
    pub fn run(mut self) {
        if !self.name.contains(&self.bench.only) {
            return;
        }
        // All write to the same memory, so that none has a better alignment than others.
        let mut out = self.text.bytes.clone();
        self.compare(&mut out);
        if self.bench.quick {
            println!("{}: equal", self.name);
            return;
        }
        self.take_turns(&mut out);
        self.tell();
    }

    fn compare(&mut self, out: &mut [u8]) {
        let text = &self.text.bytes;
        let mut expected = None;
        for way in &mut self.ways {
            out.copy_from_slice(text);
            let (_, answer) = (way.turn)(text, out, 1);
            let result = (answer, out.to_vec());
            let expected = expected.get_or_insert_with(|| result.clone());
            assert!(!way.same || *expected == result, "{}: {} differs", self.name, way.peer);
        }
        out.copy_from_slice(text);
    }

    fn take_turns(&mut self, out: &mut [u8]) {
        let text = &self.text.bytes;
        let calls: Vec<u64> =
            self.ways.iter_mut().map(|way| calibrate(&mut way.turn, text, out)).collect();
        let since = Instant::now();
        for round in 0..ROUNDS {
            if round >= FEWEST && since.elapsed() > MAX_ROW_TIME {
                break;
            }
            for (way, &calls) in self.ways.iter_mut().zip(&calls) {
                let (took, _) = (way.turn)(text, out, calls);
                way.times.push(took.as_secs_f64() / calls as f64);
            }
        }
    }

    fn tell(&mut self) {
        let (rille, peers) = self.ways.split_first().expect("rille's way");
        let (ours, len) = (median(&rille.times), self.text.bytes.len());
        for way in peers {
            let theirs = median(&way.times);
            let ratio = theirs / ours;
            let ratios: Vec<f64> = way.times.iter().zip(&rille.times).map(|(a, b)| a / b).collect();
            let spread = quartiles(&ratios);
            println!(
                "{:38} {:>10}  {:24} {:>10} {ratio:>8.2}  {:>13} {}",
                self.name,
                speed(ours, len),
                way.peer,
                speed(theirs, len),
                format!("{:.2}-{:.2}", spread.0, spread.1),
                self.bench.verdict(&self.name, way.peer, way.reach, ratio, spread)
            );
        }
    }
}

/// Returns the number of calls in a turn.
fn calibrate(turn: &mut Turn, text: &[u8], out: &mut [u8]) -> u64 {
    let mut calls = 1;
    loop {
        let took = turn(text, out, calls).0.max(Duration::from_nanos(1));
        if took >= TURN / 4 {
            return ((calls as f64 * TURN.as_secs_f64() / took.as_secs_f64()) as u64).max(1);
        }
        calls *= 4;
    }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
}

pub fn median(values: &[f64]) -> f64 {
    sorted(values)[values.len() / 2]
}

/// Returns the first and the third quartile of the values.
fn quartiles(values: &[f64]) -> (f64, f64) {
    let values = sorted(values);
    (values[values.len() / 4], values[values.len() * 3 / 4])
}

/// Formats the throughput, or the time of a call on a text too short for a throughput to be meaningful.
fn speed(seconds: f64, len: usize) -> String {
    let (value, unit) = match len {
        KB.. => (len as f64 / seconds / 1e9, "GB/s"),
        _ if seconds >= 1e-3 => (seconds * 1e3, "ms"),
        _ => (seconds * 1e9, "ns"),
    };
    let decimals = if value >= 100.0 { 0 } else { 2 - usize::from(value >= 10.0) };
    format!("{value:.decimals$} {unit}")
}
