//! The state machines of segmentation: one runner for grapheme clusters, words, sentences and line breaks.
//!
//! # Whose rules are they?
//!
//! ICU4X's: the DFAs behind the `new_neo` constructors of `icu_segmenter`, which are all of one Unicode version. The
//! tables are read from its compiled data once, at the first use, and turned to a shape that is fast to walk.
//!
//! # Why not ICU4X's own iterators?
//!
//! They clone a decoder for each char and look at the char that ends a segment twice. Walking the same tables here is
//! two to three times as fast, and a segment may be asked for from any boundary without a cost: each one begins in the
//! start state, whatever came before. The tests hold every machine against ICU4X's iterator and Unicode's test files.
//!
//! # Is it linear?
//!
//! A machine may run past the end of a segment before it knows that it was one (`a.` and spaces before a small letter),
//! but the rules let it do so over a stretch at most once.

use super::decode::decode;
use icu_segmenter::provider::{Acceptance, Baked, SegmenterStateMachine};
use once_cell::sync::OnceCell;

/// Bits of a symbol; above them an entry has its state.
const SYMBOL_BITS: u32 = 7;
const SYMBOLS: u16 = (1 << SYMBOL_BITS) - 1;
/// In an entry: a segment may end in the state.
const ACCEPTS: u16 = 1;
/// In an entry: a segment may turn out to end here, if an entry that confirms follows.
const MARKS: u16 = 2;
/// In an entry: the segment ends at the mark, if there is one.
const CONFIRMS: u16 = 4;
/// The entry that leads nowhere: the segment is over.
const OVER: u16 = u16::MAX;
/// The entry of the start state.
const START: u16 = 0;
/// Code points go to symbols in pages of 64, which is what one continuation byte of UTF-8 tells.
const PAGE_BITS: u32 = 6;

/// A segmenter.
pub(super) struct Machine {
    /// Symbol of each ASCII char.
    ascii: [u8; 128],
    /// Number of the page of each 64 code points.
    pages: Vec<u16>,
    /// Symbols of the pages.
    symbols: Vec<u8>,
    /// By state and symbol: the next state above [`SYMBOL_BITS`], what is special about it below.
    entries: Vec<u16>,
}

impl Machine {
    /// Extended grapheme clusters (UAX #29).
    pub(super) fn graphemes() -> &'static Machine {
        static MACHINE: OnceCell<Machine> = OnceCell::new();
        MACHINE.get_or_init(|| Machine::new(Baked::SINGLETON_SEGMENTER_BREAK_GRAPHEME_CLUSTER_V2))
    }

    /// Words and what stands between them (UAX #29).
    pub(super) fn words() -> &'static Machine {
        static MACHINE: OnceCell<Machine> = OnceCell::new();
        MACHINE.get_or_init(|| Machine::new(Baked::SINGLETON_SEGMENTER_BREAK_WORD_V2))
    }

    /// Sentences (UAX #29).
    pub(super) fn sentences() -> &'static Machine {
        static MACHINE: OnceCell<Machine> = OnceCell::new();
        MACHINE.get_or_init(|| Machine::new(Baked::SINGLETON_SEGMENTER_BREAK_SENTENCE_V2))
    }

    /// What must stay on one line (UAX #14).
    pub(super) fn linebreaks() -> &'static Machine {
        static MACHINE: OnceCell<Machine> = OnceCell::new();
        MACHINE.get_or_init(|| Machine::new(Baked::SINGLETON_SEGMENTER_BREAK_LINE_V2))
    }

    /// Reads ICU4X's tables. No dictionary is used, so only the symbol behind a pseudo symbol counts.
    fn new(data: &SegmenterStateMachine<'_>) -> Machine {
        let states = data.states.len();
        let symbol_count = data.transitions.len() / states;
        assert!(symbol_count <= 1 << SYMBOL_BITS && states < usize::from(OVER >> SYMBOL_BITS));
        assert!(data.num_lookaheads <= 1, "there is one mark only");

        let mut entries = vec![OVER; states << SYMBOL_BITS];
        for symbol in 0..symbol_count {
            for state in 0..states {
                let next = data.transitions.get(symbol * states + state);
                let next = next.expect("a transition of each state for each symbol");
                if next != SegmenterStateMachine::TRASH_STATE {
                    entries[state << SYMBOL_BITS | symbol] = entry(data, next);
                }
            }
        }

        let mut pages = vec![0; 0x110000 >> PAGE_BITS];
        let mut symbols: Vec<u8> = Vec::new();
        let mut page = [0; 1 << PAGE_BITS];
        let mut ranges = data.symbols.iter_ranges();
        // The code points from here on, up to the end of the range, have this symbol.
        let mut range = 0..=0;
        let mut symbol = 0;
        for (index, number) in pages.iter_mut().enumerate() {
            let first = (index as u32) << PAGE_BITS;
            for (code, place) in (first..).zip(&mut page) {
                if code > *range.end() || code == 0 {
                    let next = ranges.next().expect("ranges of all code points");
                    (range, symbol) = (next.range, resolve(data, next.value));
                }
                *place = symbol;
            }
            let known = symbols.chunks_exact(page.len()).position(|known| known == page);
            let known = known.unwrap_or_else(|| {
                symbols.extend_from_slice(&page);
                symbols.len() / page.len() - 1
            });
            *number = u16::try_from(known).expect("no more pages than code points");
        }
        let ascii = std::array::from_fn(|code| resolve(data, data.symbols.get32(code as u32)));
        let machine = Machine { ascii, pages, symbols, entries };
        // This is why a machine always gets forward: a single char is a segment, if nothing longer is.
        assert!(machine.entries[1..symbol_count].iter().all(|&entry| entry != OVER && entry & ACCEPTS != 0));
        machine
    }

    /// Symbol of the char at `at` and the offset behind it; at the end of the text, the symbol for that.
    #[inline]
    fn read(&self, text: &[u8], at: usize) -> (usize, usize) {
        match text.get(at) {
            None => (usize::from(SegmenterStateMachine::EOT_SYMBOL), at),
            Some(&byte) if byte < 0x80 => (self.ascii[usize::from(byte)].into(), at + 1),
            Some(_) => {
                let (code, len) = decode(text, at);
                let page = usize::from(self.pages[(code >> PAGE_BITS) as usize]);
                let symbol = self.symbols[page << PAGE_BITS | (code & 0x3F) as usize];
                (symbol.into(), at + len)
            }
        }
    }

    /// End of the segment that begins at `start`, which is a boundary before the end of the text.
    pub(super) fn next(&self, text: &[u8], start: usize) -> usize {
        let mut end = text.len();
        self.run(text, start, |stop| {
            end = stop;
            false
        });
        end
    }

    /// Tells `each` the end of each segment from `start` on, which is a boundary, until it answers with `false`.
    #[inline]
    pub(super) fn run(&self, text: &[u8], start: usize, mut each: impl FnMut(usize) -> bool) {
        // Start of the segment; next char to read; where the segment might end; where it ends if that is confirmed.
        let (mut from, mut at, mut stop, mut mark) = (start, start, start, None);
        let mut state = START;
        while from < text.len() {
            let (symbol, after) = self.read(text, at);
            let mut entry = self.entries[usize::from(state & !SYMBOLS) | symbol];
            if entry & CONFIRMS != 0
                && entry != OVER
                && let Some(confirmed) = mark.take()
            {
                if !each(confirmed) {
                    return;
                }
                (from, at, stop, state) = (confirmed, confirmed, confirmed, START);
                continue;
            }
            if entry == OVER || at == text.len() {
                if entry != OVER && entry & ACCEPTS != 0 {
                    stop = at;
                }
                if !each(stop) {
                    return;
                }
                (from, mark, state) = (stop, None, START);
                if stop < at || at == text.len() {
                    at = stop;
                    continue;
                }
                // The usual case: the char that ends a segment begins the next one.
                entry = self.entries[symbol];
            }
            if entry & ACCEPTS != 0 {
                stop = after;
            }
            if entry & MARKS != 0 {
                mark = Some(after);
            }
            (at, state) = (after, entry);
        }
    }
}

/// The entry for a transition to `state`.
fn entry(data: &SegmenterStateMachine<'_>, state: u8) -> u16 {
    let (acceptance, lookahead) = data.states.get(state.into()).expect("a state that exists");
    let ends = match acceptance {
        Acceptance::Continue => 0,
        Acceptance::Accept(_) => ACCEPTS,
        Acceptance::Conditional(..) => CONFIRMS,
    };
    u16::from(state) << SYMBOL_BITS | ends | if lookahead.is_some() { MARKS } else { 0 }
}

/// The symbol behind a pseudo symbol, which marks a script for which a dictionary might take over.
fn resolve(data: &SegmenterStateMachine<'_>, symbol: u8) -> u8 {
    let pseudo = symbol.checked_sub(data.pseudo_symbol_shift);
    let behind = pseudo.and_then(|pseudo| data.pseudo_symbol_map.get(pseudo.into()));
    behind.map_or(symbol, |(symbol, _script)| symbol)
}

#[cfg(test)]
mod tests {
    use super::*;
    use icu_segmenter::{
        GraphemeClusterSegmenter, LineSegmenter, SentenceSegmenter, WordSegmenter,
    };
    use proptest::prelude::*;

    fn ours(machine: &Machine, text: &[u8]) -> Vec<usize> {
        let mut stops = Vec::new();
        machine.run(text, 0, |stop| {
            stops.push(stop);
            true
        });
        stops
    }

    /// ICU4X's boundaries but the one at the start.
    fn agree(text: &[u8]) {
        let graphemes = GraphemeClusterSegmenter::new_neo().segment_utf8(text);
        assert_eq!(ours(Machine::graphemes(), text), graphemes.skip(1).collect::<Vec<_>>());
        let words = WordSegmenter::new_neo_for_non_complex_scripts(Default::default());
        let words = words.segment_utf8(text).skip(1);
        assert_eq!(ours(Machine::words(), text), words.collect::<Vec<_>>());
        let sentences = SentenceSegmenter::new_neo(Default::default()).segment_utf8(text).skip(1);
        assert_eq!(ours(Machine::sentences(), text), sentences.collect::<Vec<_>>());
        let lines = LineSegmenter::new_neo_for_non_complex_scripts(Default::default());
        let lines = lines.segment_utf8(text).skip(1);
        assert_eq!(ours(Machine::linebreaks(), text), lines.collect::<Vec<_>>());
    }

    #[test]
    fn symbols_are_those_of_icu() {
        for (machine, data) in [
            (Machine::graphemes(), Baked::SINGLETON_SEGMENTER_BREAK_GRAPHEME_CLUSTER_V2),
            (Machine::words(), Baked::SINGLETON_SEGMENTER_BREAK_WORD_V2),
            (Machine::sentences(), Baked::SINGLETON_SEGMENTER_BREAK_SENTENCE_V2),
            (Machine::linebreaks(), Baked::SINGLETON_SEGMENTER_BREAK_LINE_V2),
        ] {
            for c in '\0'..=char::MAX {
                let mut bytes = [0; 4];
                let (symbol, _) = machine.read(c.encode_utf8(&mut bytes).as_bytes(), 0);
                assert_eq!(symbol, usize::from(resolve(data, data.symbols.get(c))), "{c:?}");
            }
        }
    }

    #[test]
    fn hard_texts() {
        for text in ["", "a", "a. b", "a.  b", "A. 1 b. C", "\r\n", "$1,000.00%", "(a)", "\u{a0}", "“a” «b»"] {
            agree(text.as_bytes());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn as_icu_walks_them(pieces in prop::collection::vec(prop::sample::select(vec![
            "a", "B", " ", ".", ",", "?", "'", "\"", "-", "(", ")", "1", "$", "%", "/", "\r", "\n", "\r\n", "\t",
            "\u{301}", "\u{200d}", "\u{200b}", "\u{2060}", "\u{a0}", "\u{ad}", "\u{2014}", "«", "»", "“", "”", "、",
            "👩", "🏽", "🇩", "🇪", "한", "ᄀ", "ᅡ", "ᆨ", "क", "्", "é", "Σ", "\u{fe0f}", "日", "ー", "ァ", "カ", "א", "ก", "◌", "᭄",
        ]), 0..40), invalid in prop::collection::vec(any::<u8>(), 0..4)) {
            let mut text = pieces.concat().into_bytes();
            text.extend(invalid);
            text.extend(pieces.concat().into_bytes());
            agree(&text);
        }

        #[test]
        fn any_chars(text in any::<String>()) {
            agree(text.as_bytes());
        }
    }
}
