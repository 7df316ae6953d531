//! Three texts through merges, patches and inline diffs: hunks apply forwards and back, a side without changes yields the other one, and what
//! an inline diff does not mark is equal.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run patch` from the crate's root.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rille::diff::apply::apply;
use rille::diff::inline::{InlineDiff, InlineUnit};
use rille::diff::merge::{Conflict, ConflictStyle, Favor, MergeOptions, merge3};
use rille::diff::unified::{UnifiedOptions, unified};
use rille::diff::{self, DiffError, DiffOptions, Hunk, Limits, Lines};

fn lines(text: &[u8]) -> Lines<'_> {
    Lines::new(text).expect("a short text")
}

fn hunks(a: &Lines<'_>, b: &Lines<'_>) -> Result<Vec<Hunk>, DiffError> {
    Ok(diff::diff(a.text(), b.text(), &DiffOptions::default(), &Limits::default())?.hunks)
}

fn merged(texts: [&[u8]; 3], options: &MergeOptions<'_>) -> (Vec<u8>, Vec<Conflict>) {
    let [base, ours, theirs] = texts.map(lines);
    let mut out = Vec::new();
    let conflicts = merge3(&base, &ours, &theirs, options, &mut hunks, &mut out);
    (out, conflicts.expect("short texts"))
}

fuzz_target!(|input: (u8, &[u8], &[u8], &[u8])| {
    let (flags, base, ours, theirs) = input;
    // Letters become lines, so that short inputs have many.
    let text = |bytes: &[u8]| match flags & 1 {
        0 => bytes.to_vec(),
        _ => bytes.iter().flat_map(|byte| [b'a' + byte % 5, b'\n']).collect(),
    };
    let (base, ours, theirs) = (text(base), text(ours), text(theirs));

    let favors = [Favor::None, Favor::Ours, Favor::Theirs, Favor::Union];
    let styles = [ConflictStyle::Merge, ConflictStyle::Diff3];
    let options = MergeOptions {
        style: styles[usize::from(flags >> 1 & 1)],
        favor: favors[usize::from(flags >> 2 & 3)],
        names: [b"ours", b"", b"theirs"],
    };
    let (out, conflicts) = merged([&base, &ours, &theirs], &options);
    let mut done = 0;
    for conflict in conflicts {
        assert!(conflict.start >= done && conflict.stop > conflict.start);
        assert!(out[conflict.start as usize..].starts_with(b"<<<<<<< ours"));
        done = conflict.stop;
    }
    assert!(done as usize <= out.len());
    assert_eq!(merged([&base, &base, &theirs], &options), (theirs.clone(), vec![]));
    assert_eq!(merged([&base, &ours, &base], &options), (ours.clone(), vec![]));
    assert_eq!(merged([&base, &ours, &ours], &options), (ours.clone(), vec![]));

    let (a, b) = (lines(&base), lines(&ours));
    let hunks = hunks(&a, &b).expect("short texts");
    let mut out = Vec::new();
    apply(&base, (&a, &b), &hunks, None, false, &mut out).expect("they fit");
    assert_eq!(out, ours);
    out.clear();
    apply(&ours, (&a, &b), &hunks, None, true, &mut out).expect("they fit");
    assert_eq!(out, base);
    // Another text, which may not fit.
    out.clear();
    if apply(&theirs, (&a, &b), &hunks, None, flags & 2 != 0, &mut out).is_err() {
        assert!(out.is_empty(), "nothing is half done");
    }
    let context = u32::from(flags >> 4);
    let names = Some((&theirs[..], &b"b"[..]));
    let options = UnifiedOptions { context, names, headings: flags & 8 != 0 };
    unified(&a, &b, &hunks, &options, &mut out).expect("enough memory");

    let mut inline = InlineDiff::default();
    for unit in InlineUnit::ALL {
        inline.compare(&base, &ours, unit).expect("enough memory");
        let (mut a, mut b) = (0, 0);
        for span in inline.spans() {
            assert_eq!(base[a..span.a_start as usize], ours[b..span.b_start as usize]);
            (a, b) = (span.a_stop as usize, span.b_stop as usize);
        }
        assert_eq!(base[a..], ours[b..]);
    }
});
