//! Compares the Rust core with its peers in Rust, without a language boundary: `cargo bench --bench engine [--
//! FILTER]`.
//!
//! Each noun has a file here, with a function that adds its rows, and a line in `main`.

#[cfg(unix)]
#[path = "../common/logs.rs"]
mod logs;
#[path = "../common/measure.rs"]
mod measure;
#[path = "../common/paths.rs"]
mod paths;
#[path = "../common/texts.rs"]
mod texts;

mod diff;
#[cfg(unix)]
mod file;
mod fuzzy;
mod jobs;
mod text;
mod text_units;

fn main() {
    #[cfg(unix)]
    file::be_child();
    let mut bench = measure::Bench::from_env();
    println!(
        "engine: rille {}, kernels {}",
        env!("CARGO_PKG_VERSION"),
        rille::text::kernel::name()
    );
    jobs::rows(&mut bench);
    text::rows(&mut bench);
    text_units::rows(&mut bench);
    #[cfg(unix)]
    file::rows(&mut bench);
    fuzzy::rows(&mut bench);
    diff::rows(&mut bench);
    bench.finish();
}
