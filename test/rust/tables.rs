//! `lua/rille/fallback/tables.lua` is generated from ICU4X's data, and the committed file is up to date.
//!
//! The segmenters of the native side (ICU4X's `new_neo` ones) are plain DFAs. The pure-Lua fallback runs the very same
//! DFAs, so both return the same segments for the same version of Unicode. ICU4X's format allows more than these two
//! machines use; [`Machine::read`] asserts each simplification that `segment.lua` relies on.
//!
//! `BLESS=1 cargo test tables` rewrites the file.

use std::fmt::Write;

use icu_segmenter::provider::{Acceptance, Baked, SegmenterStateMachine};

const PATH: &str = "lua/rille/fallback/tables.lua";

/// Lines of runs are broken before this column.
const WIDTH: usize = 100;

const HEADER: &str = r#"-- The state machines of the pure-Lua segmenters. GENERATED from the data of ICU4X (the crate icu_segmenter,
-- its `new_neo` segmenters) by test/rust/tables.rs; do not edit: `BLESS=1 cargo test tables` rewrites this file.
--
-- symbols: the symbol of every code point, as runs in ascending order. A run is a letter ("a" is symbol 1,
--          "b" is symbol 2, ...) and the number of code points that it covers, left out when it is 1. The
--          letter is a capital if a segment with one of these code points is a word. Each line starts with
--          the code point of its first run in hexadecimal, for the reader only.
-- states:  a row per state, first the start state, which is number 0: whether a segment can stop here (1 or
--          0), then the state that follows on symbol 1, 2, ... (0: none).

return {
"#;

/// One DFA, reduced to the parts that `segment.lua` runs.
struct Machine {
    /// Symbol, whether it makes a word, and length of each run, from U+0000 to U+10FFFF.
    runs: Vec<(u8, bool, u32)>,
    /// Whether a segment can stop, and targets by symbol (without symbol 0, the end of text), of each state.
    states: Vec<(bool, Vec<u8>)>,
}

impl Machine {
    fn read(data: &SegmenterStateMachine<'_>, is_word: impl Fn(char) -> bool) -> Machine {
        assert_eq!(data.num_lookaheads, 0, "segment.lua knows no lookahead");
        let state_count = data.states.len();
        let symbol_count = data.transitions.len() / state_count;
        assert_eq!(symbol_count * state_count, data.transitions.len());
        assert!(symbol_count <= 1 + 26, "segment.lua reads symbols as the letters a to z");

        let mut runs: Vec<(u8, bool, u32)> = Vec::new();
        for code_point in 0..=0x10FFFF {
            let symbol = symbol(data, code_point);
            let known = (1..symbol_count).contains(&usize::from(symbol));
            assert!(known, "U+{code_point:04X} has symbol {symbol}");
            let word = char::from_u32(code_point).is_some_and(&is_word);
            match runs.last_mut() {
                Some((last, same, length)) if *last == symbol && *same == word => *length += 1,
                _ => runs.push((symbol, word, 1)),
            }
        }

        let target = |state: usize, symbol: usize| {
            let target = data.transitions.get(state + symbol * state_count).unwrap();
            assert_ne!(target, SegmenterStateMachine::START_STATE, "0 means none in tables.lua");
            if target == SegmenterStateMachine::TRASH_STATE { 0 } else { target }
        };
        let states: Vec<(bool, Vec<u8>)> = (0..state_count)
            .map(|state| {
                let (acceptance, lookahead) = data.states.get(state).unwrap();
                assert_eq!(lookahead, None, "segment.lua knows no lookahead");
                let stops = match acceptance {
                    Acceptance::Continue => false,
                    Acceptance::Accept(_) => true,
                    Acceptance::Conditional(..) => panic!("segment.lua knows no lookahead"),
                };
                let end = target(state, usize::from(SegmenterStateMachine::EOT_SYMBOL));
                assert_eq!(end, 0, "segment.lua takes no step at the end of the text");
                (stops, (1..symbol_count).map(|symbol| target(state, symbol)).collect())
            })
            .collect();

        // So segment.lua always advances: a single character is a segment, if nothing longer is.
        let start = usize::from(SegmenterStateMachine::START_STATE);
        assert_eq!(start, 0);
        for &first in &states[start].1 {
            assert!(first != 0 && states[usize::from(first)].0);
        }
        Machine { runs, states }
    }

    fn render(&self, name: &str, out: &mut String) {
        writeln!(out, "  {name} = {{\n    symbols = [[").unwrap();
        let (mut line, mut code_point) = (String::new(), 0);
        for &(symbol, word, length) in &self.runs {
            let mut run = format!(" {}", char::from(if word { b'A' } else { b'a' } + symbol - 1));
            if length > 1 {
                write!(run, "{length}").unwrap();
            }
            if line.len() + run.len() > WIDTH {
                writeln!(out, "{line}").unwrap();
                line.clear();
            }
            if line.is_empty() {
                write!(line, "{code_point:06X}:").unwrap();
            }
            line.push_str(&run);
            code_point += length;
        }
        assert_eq!(code_point, 0x110000);
        writeln!(out, "{line}\n]],\n    states = {{").unwrap();
        for (stops, targets) in &self.states {
            let targets: Vec<String> = targets.iter().map(u8::to_string).collect();
            writeln!(out, "      {{ {}, {} }},", i32::from(*stops), targets.join(", ")).unwrap();
        }
        out.push_str("    },\n  },\n");
    }
}

/// Returns the symbol that the native segmenters see. Pseudo symbols mark scripts for which a dictionary may take over;
/// rille loads none, so that only the symbol after the mark counts.
fn symbol(data: &SegmenterStateMachine<'_>, code_point: u32) -> u8 {
    let symbol = data.symbols.get32(code_point);
    let resolved = symbol
        .checked_sub(data.pseudo_symbol_shift)
        .and_then(|pseudo| data.pseudo_symbol_map.get(usize::from(pseudo)));
    resolved.map_or(symbol, |(symbol, _script)| symbol)
}

#[test]
fn fallback_tables_are_fresh() {
    let mut rendered = String::from(HEADER);
    let grapheme = Machine::read(Baked::SINGLETON_SEGMENTER_BREAK_GRAPHEME_CLUSTER_V2, |_| false);
    grapheme.render("grapheme", &mut rendered);
    let word =
        Machine::read(Baked::SINGLETON_SEGMENTER_BREAK_WORD_V2, rille::text::is_alphanumeric);
    word.render("word", &mut rendered);
    rendered.push_str("}\n");
    crate::bless(PATH, &rendered);
}
