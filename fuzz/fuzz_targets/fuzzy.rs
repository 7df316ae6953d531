//! Queries over items of any bytes: nothing panics, positions are valid, and a session returns the same rows as brute force,
//! however its items were added and whatever was searched for before.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run fuzzy` from the crate's root.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rille::fuzzy::matcher::Matcher;
use rille::fuzzy::fzf::query::{Case, QueryOptions};
use rille::fuzzy::SessionOptions;
use rille::fuzzy::{Scheme, Session};

fuzz_target!(|input: (u16, &[u8], Vec<&[u8]>, i8)| {
    let (flags, query, items, boost) = input;
    let flag = |bit: u16| flags >> bit & 1 == 1;
    let options = SessionOptions {
        query: QueryOptions {
            case: [Case::Smart, Case::Ignore, Case::Respect][usize::from(flags & 3) % 3],
            normalize: flag(2),
            typos: (flags >> 3 & 3) as u8,
        },
        scheme: [Scheme::Default, Scheme::Path, Scheme::History][usize::from(flags >> 5 & 3) % 3],
        delimiter: flag(7).then_some(b':'),
        columns: if flag(8) { vec![1, 0] } else { Vec::new() },
        memory_limit: 0,
        threads: 1 + usize::from(flag(9)),
    };
    let options =
        SessionOptions { columns: if flag(7) { options.columns } else { Vec::new() }, ..options };

    let mut matcher = Matcher::new(query, options.clone());
    for item in &items {
        let score = matcher.score(item);
        let found = matcher.positions(item).map(|(score, positions)| (score, positions.to_vec()));
        assert_eq!(score, found.as_ref().map(|found| found.0));
        let Some((_, positions)) = found else { continue };
        assert!(positions.is_sorted_by(|a, b| a < b));
        assert!(
            positions.iter().all(|&at| (at as usize) < item.len())
                && positions.len() <= query.len()
        );
    }

    let expected = matcher.filter(items.iter().copied()).unwrap();
    let session = Session::new(options);
    let half = items.len() / 2;
    session.push(items[..half].iter().copied());
    // Results cached for shorter queries and for fewer items must not affect the result.
    for stop in 0..query.len().min(8) {
        session.query(&query[..stop], 3);
    }
    session.push(items[half..].iter().copied());
    for limit in [items.len(), 1] {
        let found = session.query(query, limit);
        assert_eq!(found.total, expected.total);
        assert_eq!(found.rows, expected.rows[..limit.min(expected.rows.len())]);
    }
    session.boost(half, &[boost.into()]).expect("memory");
    let found = session.query(query, items.len());
    assert_eq!(found.total, expected.total);
    assert!(
        found
            .rows
            .windows(2)
            .all(|rows| rows[0].score >= rows[1].score || rows[0].index < rows[1].index)
    );
});
