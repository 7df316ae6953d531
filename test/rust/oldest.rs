//! The oldest Rust that builds rille: stated once, and enough for every dependency. That it is enough for our own code is
//! checked by clippy, whose lint `incompatible_msrv` names each use of something newer.

use crate::root;
use serde_json::Value;
use std::fs;
use std::process::Command;

/// Returns the numbers of a version, so that versions can be compared.
fn numbers(version: &str) -> Vec<u32> {
    let mut numbers: Vec<_> =
        version.split('.').map(|number| number.parse().expect("a number")).collect();
    numbers.resize(3, 0);
    numbers
}

/// Crates of other systems are left out, as a machine may never have downloaded them.
#[test]
fn the_stated_rust_is_enough_for_every_dependency() {
    let cargo = || Command::new(env!("CARGO"));
    let version = Command::new("rustc").arg("-vV").output().expect("rustc to run");
    let version = String::from_utf8(version.stdout).expect("UTF-8");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let output = cargo()
        .args(["metadata", "--offline", "--format-version=1", "--filter-platform", host])
        .current_dir(root())
        .output()
        .expect("cargo to run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 50, "cargo names {} packages only", packages.len());
    let (own, others): (Vec<_>, Vec<_>) =
        packages.iter().partition(|package| package["name"] == env!("CARGO_PKG_NAME"));
    let stated = own[0]["rust_version"].as_str().expect("Cargo.toml has a rust-version");
    let (most, crate_name) = others
        .iter()
        .filter_map(|package| Some((package["rust_version"].as_str()?, package["name"].as_str()?)))
        .max_by_key(|(version, _)| numbers(version))
        .expect("a crate states its oldest Rust");
    assert!(numbers(stated) >= numbers(most), "{crate_name} needs Rust {most}, not {stated}");
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let sentence = format!("Rust {stated} or later");
    assert!(readme.contains(&sentence), "README.md does not say `{sentence}`");
}
