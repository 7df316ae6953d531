//! The integration tests: everything that is visible from outside the crate.
//!
//! One binary, so that it is linked once. Each module proves one thing; what they share is in `support`.

mod annotations;
#[cfg(target_os = "linux")]
mod away;
mod c_examples;
mod exports;
#[cfg(target_os = "linux")]
mod few_threads;
mod fuzzy_tables;
mod header;
mod help;
#[path = "../hosts/mod.rs"]
mod hosts;
#[cfg(unix)]
mod install;
#[cfg(target_os = "linux")]
mod limits;
mod loading;
mod modules;
mod oldest;
mod program;
#[cfg(unix)]
mod prototypes;
mod readme;
#[cfg(target_os = "linux")]
mod stuck;
#[path = "../support/mod.rs"]
mod support;
mod tables;
#[cfg(unix)]
mod templates;
mod width;

pub(crate) use support::{bless, library, root, specs, specs_in, testing_library};
