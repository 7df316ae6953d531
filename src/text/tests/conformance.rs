//! Runs Unicode's own test files, every line of them: the break tests of UAX #14 and #29, and the normalisation test.
//!
//! The files come from the crates that provide the tables (`icu_segmenter` and `icu_normalizer` are published with their
//! tests), so they always have the pinned version. There are no exceptions.

use crate::emulated::ONE_IN;
use crate::text::machine::Machine;
use crate::text::{Form, UNICODE_VERSION, filled, normalize, normalize_len, normalized};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns the text of a test file of a crate that this one depends on.
///
/// Cargo is asked where the crate is: it may be in a vendored directory or in any `CARGO_HOME`. Only the crates of this
/// system are listed, because only they are certain to be there: those of other systems were never downloaded, and
/// without a network Cargo could not list them.
fn file(krate: &str, path: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--offline", "--locked"])
        .args(["--filter-platform", "host-tuple"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", env!("CARGO")));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    let package = packages
        .iter()
        .find(|package| package["name"] == krate)
        .unwrap_or_else(|| panic!("cargo metadata does not list the crate {krate}"));
    let manifest = PathBuf::from(package["manifest_path"].as_str().expect("a path"));
    read(&manifest.with_file_name(path))
}

/// Returns the text of a test file, which must have the Unicode version of the tables.
fn read(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| {
        panic!(
            "Unicode's test file is missing, without which nothing is tested: {}: {error}",
            path.display()
        )
    });
    let version = text.lines().next().and_then(|line| line.split_once('-')).map(|(_, rest)| rest);
    let expected = format!("{UNICODE_VERSION}.0.txt");
    assert_eq!(version, Some(&*expected), "the version of {}", path.display());
    text
}

#[test]
#[should_panic(expected = "Unicode's test file is missing")]
fn a_missing_test_file_is_a_failure() {
    read(Path::new("tests/testdata/NoSuchTest.txt"));
}

#[test]
#[should_panic(expected = "cargo metadata does not list the crate")]
fn a_missing_crate_is_a_failure() {
    file("icu_of_nobody", "tests/testdata/WordBreakTest.txt");
}

/// Iterates over the lines of a test file without comments.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.split('#').next()).filter(|line| !line.trim().is_empty())
}

fn char(hex: &str) -> char {
    u32::from_str_radix(hex, 16).ok().and_then(char::from_u32).expect("a code point")
}

/// Runs a break test; a line is `÷ 0061 × 0301 ÷`.
fn breaks(name: &str, machine: &'static Machine) {
    let file = file("icu_segmenter", &format!("tests/testdata/{name}.txt"));
    let mut count = 0;
    for line in lines(&file) {
        let (mut text, mut expected) = (String::new(), Vec::new());
        for field in line.split_whitespace() {
            match field {
                // UAX #14 never breaks at the start of a text, UAX #29 always does: a segment has to begin there.
                "÷" if text.is_empty() => {}
                "÷" => expected.push(text.len()),
                "×" => {}
                hex => text.push(char(hex)),
            }
        }
        let found: Vec<_> = machine.walk(text.as_bytes(), 0).map(|segment| segment.stop).collect();
        assert_eq!(found, expected, "{line}");
        count += 1;
    }
    assert!(count > 500, "{name} has only {count} tests");
}

#[test]
fn grapheme_break_test() {
    breaks("GraphemeBreakTest", Machine::graphemes());
}

#[test]
fn word_break_test() {
    breaks("WordBreakTest", Machine::words());
}

#[test]
fn sentence_break_test() {
    breaks("SentenceBreakTest", Machine::sentences());
}

#[test]
fn line_break_test() {
    breaks("LineBreakTest", Machine::linebreaks());
}

fn to_form(text: &str, form: Form) -> String {
    let len = normalize_len(text.as_bytes(), form);
    assert!(len <= form.growth() * text.len(), "{text:?} grows more than it may");
    let out = filled(len, |out| assert_eq!(normalize(text.as_bytes(), form, out), len));
    let out = String::from_utf8(out).expect("UTF-8 from UTF-8");
    assert_eq!(
        normalized(text.as_bytes(), form) == text.len(),
        out == text,
        "{form:?} of {text:?}"
    );
    out
}

/// Columns are source, NFC, NFD, NFKC, NFKD. A character not in the first column of part 1 is the same in every form.
#[test]
fn normalization_test() {
    let file = file("icu_normalizer", "tests/data/NormalizationTest.txt");
    let mut alone = std::collections::HashSet::new();
    let mut part = "";
    for line in lines(&file) {
        if line.starts_with('@') {
            part = line.trim();
            continue;
        }
        let columns: Vec<String> = line
            .split(';')
            .take(5)
            .map(|column| column.split_whitespace().map(char).collect())
            .collect();
        let [_, nfc, nfd, nfkc, nfkd] = &columns[..] else { panic!("five columns: {line}") };
        for (column, text) in columns.iter().enumerate() {
            let compatible = column > 2;
            assert_eq!(&to_form(text, Form::Nfc), if compatible { nfkc } else { nfc }, "{line}");
            assert_eq!(&to_form(text, Form::Nfd), if compatible { nfkd } else { nfd }, "{line}");
            assert_eq!(&to_form(text, Form::Nfkc), nfkc, "{line}");
            assert_eq!(&to_form(text, Form::Nfkd), nfkd, "{line}");
        }
        if part == "@Part1" {
            alone.extend(columns[0].chars());
        }
    }
    assert!(alone.len() > 10_000, "part 1 has only {} lines", alone.len());
    for c in ('\0'..=char::MAX).step_by(ONE_IN).filter(|c| !alone.contains(c)) {
        let text = c.encode_utf8(&mut [0; 4]).to_owned();
        for form in Form::ALL {
            assert_eq!(normalized(text.as_bytes(), form), text.len(), "{form:?} of {c:?}");
        }
    }
}
