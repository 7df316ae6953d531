//! Tests that every kernel returns the same as the scalar kernel, and that the scalar kernel
//! returns the same as the scorer.

use super::*;
use crate::fuzzy::corpus::Corpus;
use crate::fuzzy::fzf::bonus::Model;
use crate::fuzzy::fzf::query::{self, Case, Query};
use crate::fuzzy::fzf::score::{Scheme, Scorer};
use proptest::prelude::*;

/// Text with many matches and characters of each class.
fn text(longest: usize) -> impl Strategy<Value = String> {
    let byte = prop::sample::select(b"aaabbcAABB01 /,:-_.\t\0".to_vec());
    prop::collection::vec(byte.prop_map(char::from), 0..longest).prop_map(String::from_iter)
}

fn needle() -> impl Strategy<Value = String> {
    let byte = prop::sample::select(b"aaabbcAB01/,-_.".to_vec());
    prop::collection::vec(byte.prop_map(char::from), 1..=ROWS).prop_map(String::from_iter)
}

/// Returns the start of the text after the last slash.
fn cut(item: &str) -> usize {
    item.rfind('/').map_or(0, |at| at + 1)
}

fn schemes() -> impl Strategy<Value = Scheme> {
    prop::sample::select(vec![Scheme::Default, Scheme::Path, Scheme::History])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(300)))]

    #[test]
    fn names_that_hold_the_rest(
        names in prop::collection::vec(text(80), 1..40),
        needle in needle(),
        length in 1..6_usize,
        respect_case in any::<bool>(),
    ) {
        let mut corpus = Corpus::default();
        names.iter().for_each(|name| corpus.push(name.replace('/', "b").as_bytes()).unwrap());
        let block = &corpus.snapshot().expect("memory").blocks[0];
        let bytes = needle.as_bytes()[..length.min(needle.len())].to_vec();
        let mut needle = Needle { bytes, respect_case };
        if !respect_case {
            needle.bytes.make_ascii_lowercase();
        }
        let candidates: Vec<Candidate> = (0..names.len() * 3)
            .map(|at| Candidate { at: (at / 3) as u16, from: (at % (needle.bytes.len() + 1)) as u8 })
            .collect();
        for candidate in &candidates {
            let mut needle = needle.clone();
            let mut expected = [0; 1];
            scalar::KERNEL.within(block, &[*candidate], &needle, &mut expected);
            for kernel in available() {
                let mut found = [0; 1];
                kernel.within(block, &[*candidate], &needle, &mut found);
                prop_assert_eq!(found, expected, "{}", kernel.name());
            }
            needle.bytes.truncate(3);
            let holds = |name: &[u8]| {
                let name: Vec<u8> = name.iter().map(|&byte| needle.see(byte)).collect();
                name.windows(needle.bytes.len()).any(|window| window == needle.bytes)
            };
            let at = usize::from(candidate.at);
            for kernel in available() {
                let mut found = [0; 1];
                kernel.together(block, &[*candidate], &needle, &holds, &mut found);
                prop_assert_eq!(found[0] != 0, holds(block.name(at)), "{}", kernel.name());
            }
        }
    }

    #[test]
    fn scores_as_the_scorer_gives(
        items in prop::collection::vec(text(90), 1..=BATCH),
        needle in needle(),
        length in 1..=ROWS,
        respect_case in any::<bool>(),
        scheme in schemes(),
    ) {
        let needle = &needle[..length.min(needle.len())];
        let options = query::QueryOptions {
            case: if respect_case { Case::Respect } else { Case::Ignore },
            ..query::QueryOptions::default()
        };
        // The term is set directly, as the parser would take some characters for operators.
        let mut query = Query::new(b"x", options);
        let term = &mut query.groups[0][0];
        let mut bytes = needle.as_bytes().to_vec();
        if !respect_case {
            bytes.make_ascii_lowercase();
        }
        term.chars = bytes.iter().map(|&byte| byte.into()).collect();
        let needle = Needle { bytes, respect_case };
        let bonuses = Bonuses::new(&Model::new(scheme));
        let mut scorer = Scorer::new(scheme);
        let mut corpus = Corpus::default();
        items.iter().for_each(|item| corpus.push(&item.as_bytes()[cut(item)..]).unwrap());
        let block = &corpus.snapshot().expect("memory").blocks[0];
        let mut befores = Vec::new();
        let states = items.iter().flat_map(|item| {
            let mut state = vec![Part::default(); parts(needle.bytes.len())];
            let (mut at, mut before) = (0, bonuses.first);
            while let Some(slash) = item[at..cut(item)].find('/') {
                let own = &item.as_bytes()[at..=at + slash];
                extend(&mut state, own, before, &needle, &bonuses);
                (at, before) = (at + slash + 1, b'/');
            }
            befores.push(before);
            state
        });
        let states: Vec<Part> = states.collect();
        for kernel in available() {
            let (mut batch, mut rows) = (Batch::default(), Rows::new(needle.bytes.len()));
            // Rows that were used before must work like new ones.
            for len in [1, items.len()] {
                rows.clear();
                batch.read((0..len).map(|at| (&**block, at)), befores.iter().copied());
                states.chunks(parts(needle.bytes.len())).take(len).for_each(|state| rows.push(state));
                kernel.score(&batch, &mut rows, &needle, &bonuses);
            }
            for (item, score) in items.iter().zip(rows.scores) {
                let expected = scorer.score(&query, item.as_bytes()).unwrap_or(0);
                prop_assert_eq!(i32::from(score), expected, "{} {:?}", kernel.name(), item);
            }
        }
    }

    #[test]
    fn states_are_the_same_by_plain_lanes(text in text(60), needle in needle()) {
        let needle = Needle { bytes: needle.to_ascii_lowercase().into_bytes(), respect_case: false };
        let bonuses = Bonuses::new(&Model::new(Scheme::Default));
        let mut state = [Part::default(); PARTS];
        let state = &mut state[..parts(needle.bytes.len())];
        extend(state, text.as_bytes(), bonuses.first, &needle, &bonuses);
        let mut by_plain = [Part::default(); PARTS];
        // SAFETY: plain lanes run anywhere.
        unsafe {
            needle_state::extend_by::<lanes::Plain, PARTS>(&mut by_plain, text.as_bytes(), bonuses.first, &needle, &bonuses);
        }
        prop_assert_eq!(&*state, &by_plain[..state.len()]);
    }

    #[test]
    fn no_item_earns_more_than_the_most(
        directory in text(60),
        name in text(20),
        needle in needle(),
        length in 1..9_usize,
        scheme in schemes(),
    ) {
        let name = name.replace([' ', '\t', '\0', '/'], "b");
        let needle = &needle[..length.min(needle.len())];
        let needle = Needle { bytes: needle.to_ascii_lowercase().into_bytes(), respect_case: false };
        let bonuses = Bonuses::new(&Model::new(scheme));
        let rows = needle.bytes.len();
        let mut state = vec![Part::default(); parts(rows)];
        let mut before = bonuses.first;
        for part in [&directory[..], "/"] {
            extend(&mut state, part.as_bytes(), before, &needle, &bonuses);
            before = part.bytes().last().unwrap_or(before);
        }
        let mut most = vec![0; rows + 1];
        needle_state::most(&state, rows, bonuses.most_without_white().into(), &mut most);
        let last = (0..=rows).rev().find(|last| {
            let has = |&byte: &u8| name.bytes().any(|own| needle.see(own) == byte);
            needle.bytes[rows - last..].iter().all(has)
        });
        let mut corpus = Corpus::default();
        corpus.push(name.as_bytes()).unwrap();
        let (mut batch, mut scored) = (Batch::default(), Rows::new(rows));
        batch.read([(&*corpus.snapshot().expect("memory").blocks[0], 0)].into_iter(), [before].into_iter());
        scored.push(&state);
        scalar::KERNEL.score(&batch, &mut scored, &needle, &bonuses);
        prop_assert!(scored.scores[0] <= most[last.unwrap()]);
    }

    #[test]
    fn baseline_as_the_scalar_one(
        numbers in prop::collection::vec(prop_oneof![any::<u16>(), 0..9_u16], 64),
        masks in any::<[u32; 4]>(),
        (most, need, few) in (prop_oneof![any::<u16>(), 0..9_u16], any::<u32>(), any::<u32>()),
        (text, byte) in (text(17).prop_map(|text| format!("{text:16}")), any::<u8>()),
    ) {
        use lanes::Lanes;
        use lanes::Piece;
        use plain as reference;
        let numbers: &[u16; 64] = numbers.first_chunk().unwrap();
        prop_assert_eq!(baseline::le_mask_64(numbers, most), reference::le_mask_64(numbers, most));
        for need in [need, need & few & need >> 9, 0] {
            let masks = masks.map(|mask| if mask % 3 == 0 { mask | need } else { mask });
            prop_assert_eq!(baseline::superset_4(&masks, need), reference::superset_4(&masks, need));
        }
        for byte in [byte, byte % 128, text.as_bytes()[usize::from(byte) % 16]] {
            // SAFETY: every CPU of the architecture has the instructions of both, and there are sixteen bytes.
            let (found, expected) = unsafe {
                let (piece, plain) = (baseline::Sixteen::load(text.as_ptr()), reference::Sixteen::load(text.as_ptr()));
                ([piece.find(byte), piece.folded().find(byte)], [plain.find(byte), plain.folded().find(byte)])
            };
            prop_assert_eq!(found, expected);
        }
        /// Returns the results of all operations on two vectors.
        fn lanes<V: Lanes>(one: &[u16; 8], other: &[u16; 8], bytes: &[u8]) -> Vec<[u16; 8]> {
            // SAFETY: every CPU of the architecture has the instructions, and there are eight numbers and bytes.
            unsafe {
                let (a, b) = (V::load(one.as_ptr()), V::load(other.as_ptr()));
                let all = [
                    a.add(b), a.sub(b), a.less(b), a.max(b), a.eq(b), a.and(b), a.or(b), a.not_and(b), a.without(b),
                    a.shifted(b), V::splat(one[0]), V::widen(bytes.as_ptr()),
                ];
                all.map(|vector| {
                    let mut to = [0; 8];
                    vector.store(to.as_mut_ptr());
                    to
                }).to_vec()
            }
        }
        // No number of a vector exceeds 32,767, except in masks.
        let small: Vec<u16> = numbers.iter().map(|number| number % 0x8000).collect();
        let (one, other): (&[u16; 8], &[u16; 8]) = (small.first_chunk().unwrap(), small.last_chunk().unwrap());
        prop_assert_eq!(
            lanes::<baseline::Eight>(one, other, text.as_bytes()),
            lanes::<reference::Eight>(one, other, text.as_bytes())
        );
    }
}
