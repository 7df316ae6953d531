//! State machines for segmentation: one runner for grapheme clusters, words, sentences and line breaks.
//!
//! # Where do the rules come from?
//!
//! From ICU4X: the DFAs used by the `new_neo` constructors of `icu_segmenter`, all of one Unicode version. The tables are
//! read from its compiled data once, at the first use, and converted to a form that is faster to walk.
//!
//! # Why not ICU4X's own iterators?
//!
//! They clone a decoder for each character and read the character that ends a segment twice. Walking the same tables here
//! is two to three times as fast, and iteration can start at any boundary at no cost: each segment begins in the start
//! state, whatever came before. The tests compare every machine with ICU4X's iterator and Unicode's test files.
//!
//! # Is it linear?
//!
//! Yes. A machine may read past the end of a segment before it knows that it was one (`a.` and spaces before a small
//! letter), but the rules allow that at most once for each stretch of text.

use super::decode::{decode, quick};
use crate::memory::{self, must};
use icu_properties::props::{Alphabetic, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};
use icu_segmenter::provider::{Acceptance, Baked, SegmenterStateMachine};
use once_cell::race::OnceBox;
use std::collections::HashMap;
use std::ops::RangeInclusive;

/// Number of bits of a symbol; the bits above them in an entry are the state.
const SYMBOL_BITS: u32 = 7;
const SYMBOLS: u16 = (1 << SYMBOL_BITS) - 1;
/// Flag above a symbol in the tables of the word machine: the character makes its segment a word.
const LETTER: u8 = 1 << SYMBOL_BITS;
/// Flag in an entry: a segment may end in this state.
const ACCEPTS: u16 = 1;
/// Flag in an entry: a segment may turn out to end here, if an entry with [`CONFIRMS`] follows.
const MARKS: u16 = 2;
/// Flag in an entry: the segment ends at the mark, if there is one.
const CONFIRMS: u16 = 4;
/// The entry without a successor: the segment has ended.
const OVER: u16 = u16::MAX;
/// The entry of the start state.
const START: u16 = 0;
/// Code points map to symbols in pages of 64, the range of one continuation byte of UTF-8.
const PAGE_BITS: u32 = 6;
const PAGE: usize = 1 << PAGE_BITS;

/// The state machine of one kind of segment.
pub(super) struct Machine {
    /// Symbol of each ASCII character, as in `symbols`.
    ascii: [u8; 128],
    /// The page number of each group of 64 code points.
    pages: Vec<u16>,
    /// Symbols of the pages, with [`LETTER`].
    symbols: Vec<u8>,
    /// Indexed by state and symbol: the next state above [`SYMBOL_BITS`], its flags below.
    entries: Vec<u16>,
}

impl Machine {
    /// The machine for extended grapheme clusters (UAX #29).
    pub(super) fn graphemes() -> &'static Machine {
        static MACHINE: OnceBox<Machine> = OnceBox::new();
        MACHINE.get_or_init(|| {
            Machine::boxed(Baked::SINGLETON_SEGMENTER_BREAK_GRAPHEME_CLUSTER_V2, false)
        })
    }

    /// The machine for words and the segments between them (UAX #29).
    pub(super) fn words() -> &'static Machine {
        static MACHINE: OnceBox<Machine> = OnceBox::new();
        MACHINE.get_or_init(|| Machine::boxed(Baked::SINGLETON_SEGMENTER_BREAK_WORD_V2, true))
    }

    /// The machine for sentences (UAX #29).
    pub(super) fn sentences() -> &'static Machine {
        static MACHINE: OnceBox<Machine> = OnceBox::new();
        MACHINE.get_or_init(|| Machine::boxed(Baked::SINGLETON_SEGMENTER_BREAK_SENTENCE_V2, false))
    }

    /// The machine for line-break segments: text that must stay on one line (UAX #14).
    pub(super) fn linebreaks() -> &'static Machine {
        static MACHINE: OnceBox<Machine> = OnceBox::new();
        MACHINE.get_or_init(|| Machine::boxed(Baked::SINGLETON_SEGMENTER_BREAK_LINE_V2, false))
    }

    /// Builds a machine without a lock, which a fork could leave locked: two threads may both build it.
    fn boxed(data: &SegmenterStateMachine<'_>, letters: bool) -> Box<Machine> {
        Box::new(Machine::new(data, letters))
    }

    /// Reads ICU4X's tables. No dictionary is used, so only the symbol that follows a pseudo symbol counts.
    fn new(data: &SegmenterStateMachine<'_>, letters: bool) -> Machine {
        let states = data.states.len();
        let symbol_count = data.transitions.len() / states;
        assert!(symbol_count <= 1 << SYMBOL_BITS && states < usize::from(OVER >> SYMBOL_BITS));
        assert!(data.num_lookaheads <= 1, "there is one mark only");

        let mut entries = must(memory::filled(OVER, states << SYMBOL_BITS));
        for symbol in 0..symbol_count {
            for state in 0..states {
                let next = data.transitions.get(symbol * states + state);
                let next = next.expect("a transition of each state for each symbol");
                if next != SegmenterStateMachine::TRASH_STATE {
                    entries[state << SYMBOL_BITS | symbol] = entry(data, next);
                }
            }
        }

        let mut all = must(memory::filled(0, 0x110000));
        for range in data.symbols.iter_ranges() {
            let (first, last) = (*range.range.start() as usize, *range.range.end() as usize);
            all[first..=last].fill(resolve(data, range.value));
        }
        if letters {
            for range in alphanumeric() {
                let (first, last) = (*range.start() as usize, *range.end() as usize);
                all[first..=last].iter_mut().for_each(|symbol| *symbol |= LETTER);
            }
        }
        let ascii = std::array::from_fn(|code| all[code]);
        let mut symbols: Vec<u8> = Vec::new();
        let mut numbers = HashMap::new();
        let pages = all.as_chunks::<PAGE>().0.iter().map(|page| {
            must(memory::reserve_map(&mut numbers, 1));
            *numbers.entry(page).or_insert_with(|| {
                must(memory::append(&mut symbols, page));
                (symbols.len() / PAGE - 1) as u16
            })
        });
        let pages = must(memory::collect(pages));
        let machine = Machine { ascii, pages, symbols, entries };
        // This is why a machine always advances: a single character is a segment if nothing longer is.
        assert!(
            machine.entries[1..symbol_count]
                .iter()
                .all(|&entry| entry != OVER && entry & ACCEPTS != 0)
        );
        machine
    }

    /// Iterates over the segments of `text` from `start` on, which must be a boundary.
    #[inline]
    pub(super) fn walk<'t>(&'static self, text: &'t [u8], start: usize) -> Walk<'t> {
        Walk { machine: self, text, from: start, ahead: (START, start, 0) }
    }

    /// [`Machine::walk`] for text that is mostly not ASCII.
    #[inline]
    pub(super) fn walk_mixed<'t>(&'static self, text: &'t [u8], start: usize) -> Walk<'t, true> {
        Walk { machine: self, text, from: start, ahead: (START, start, 0) }
    }

    /// Returns the symbol of the character at `at`, with [`LETTER`], and the offset after it; at the end of the text, the
    /// symbol for the end.
    #[inline]
    fn read<const MIXED: bool>(&self, text: &[u8], at: usize) -> (u8, usize) {
        let Some(&byte) = text.get(at) else {
            return (SegmenterStateMachine::EOT_SYMBOL, at);
        };
        if byte < 0x80 && !MIXED {
            return (self.ascii[usize::from(byte)], at + 1);
        }
        let (code, len) = if MIXED { quick(text, at) } else { decode(text, at) };
        let page = usize::from(self.pages[(code >> PAGE_BITS) as usize]);
        (self.symbols[page << PAGE_BITS | (code as usize % PAGE)], at + len)
    }

    #[inline]
    fn entry(&self, state: u16, symbol: u8) -> u16 {
        self.entries[usize::from(state & !SYMBOLS) | usize::from(symbol & !LETTER)]
    }
}

/// A segment found by a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// Offset of its first byte.
    pub(super) start: usize,
    /// Offset after its last byte.
    pub(super) stop: usize,
    /// Whether it is a word (word machine only): it contains a letter, an ideograph or a number.
    pub(super) word: bool,
}

/// Iterator over the segments of a text. With MIXED it decodes characters without branches on their length.
pub(super) struct Walk<'t, const MIXED: bool = false> {
    machine: &'static Machine,
    pub(super) text: &'t [u8],
    /// Start of the next segment.
    pub(super) from: usize,
    /// The state after the character that ended the last segment, which usually begins the next one and is already read:
    /// its entry, the offset after it, its symbol. Otherwise the start state at `from`.
    ahead: (u16, usize, u8),
}

impl<const MIXED: bool> Walk<'_, MIXED> {
    /// Continues at another boundary.
    #[inline]
    pub(super) fn skip_to(&mut self, from: usize) {
        self.from = from;
        self.ahead = (START, from, 0);
    }
}

impl<const MIXED: bool> Iterator for Walk<'_, MIXED> {
    type Item = Segment;

    #[inline(always)]
    fn next(&mut self) -> Option<Segment> {
        let (machine, text, start) = (self.machine, self.text, self.from);
        if start >= text.len() {
            return None;
        }
        // The next character to read, all symbols up to there, and the flags of the state there.
        let (mut state, mut at, mut seen) = self.ahead;
        // Where the segment might end, and whether it would be a word; where it ends if that is confirmed.
        let (mut stop, mut letters, mut mark) = (at, seen, None);
        if state & MARKS != 0 {
            mark = Some((at, seen));
        }
        loop {
            let (symbol, after) = machine.read::<MIXED>(text, at);
            let entry = machine.entry(state, symbol);
            if entry == OVER {
                self.ahead = if stop == at && at < text.len() {
                    (machine.entry(START, symbol), after, symbol)
                } else {
                    (START, stop, 0)
                };
                break;
            }
            seen |= symbol;
            if entry & (CONFIRMS | MARKS) != 0 {
                if entry & CONFIRMS != 0
                    && let Some(confirmed) = mark
                {
                    (stop, letters) = confirmed;
                    self.ahead = (START, stop, 0);
                    break;
                }
                if entry & MARKS != 0 {
                    mark = Some((after, seen));
                }
            }
            if entry & ACCEPTS != 0 {
                (stop, letters) = (after, seen);
            }
            if at == text.len() {
                self.ahead = (START, stop, 0);
                break;
            }
            (at, state) = (after, entry);
        }
        self.from = stop;
        Some(Segment { start, stop, word: letters & LETTER != 0 })
    }
}

/// Whether `c` makes its segment a word: letters, ideographs and numbers, by the properties Alphabetic and N*.
///
/// (The segmenter's own word type does not help: without a dictionary no ideographs are words, but `__` is one.)
pub fn is_alphanumeric(c: char) -> bool {
    let (symbol, _) = Machine::words().read::<false>(c.encode_utf8(&mut [0; 4]).as_bytes(), 0);
    symbol & LETTER != 0
}

/// The ranges of code points for which [`is_alphanumeric`] is true.
fn alphanumeric() -> impl Iterator<Item = RangeInclusive<u32>> {
    let numbers = CodePointMapData::<GeneralCategory>::new();
    let numbers = numbers.iter_ranges_for_group(GeneralCategoryGroup::Number);
    CodePointSetData::new::<Alphabetic>().iter_ranges().chain(numbers)
}

/// Returns the entry for a transition to `state`.
fn entry(data: &SegmenterStateMachine<'_>, state: u8) -> u16 {
    let (acceptance, lookahead) = data.states.get(state.into()).expect("a state that exists");
    let ends = match acceptance {
        Acceptance::Continue => 0,
        Acceptance::Accept(_) => ACCEPTS,
        Acceptance::Conditional(..) => CONFIRMS,
    };
    u16::from(state) << SYMBOL_BITS | ends | if lookahead.is_some() { MARKS } else { 0 }
}

/// Returns the symbol after a pseudo symbol, which marks a script that a dictionary might handle.
fn resolve(data: &SegmenterStateMachine<'_>, symbol: u8) -> u8 {
    let pseudo = symbol.checked_sub(data.pseudo_symbol_shift);
    let resolved = pseudo.and_then(|pseudo| data.pseudo_symbol_map.get(pseudo.into()));
    resolved.map_or(symbol, |(symbol, _script)| symbol)
}

#[cfg(test)]
mod tests {
    use super::*;
    use icu_segmenter::{
        GraphemeClusterSegmenter, LineSegmenter, SentenceSegmenter, WordSegmenter,
    };
    use proptest::prelude::*;

    fn ours(machine: &'static Machine, text: &[u8]) -> Vec<usize> {
        machine.walk(text, 0).map(|segment| segment.stop).collect()
    }

    /// Compares with ICU4X's boundaries, except the one at the start.
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
            for c in ('\0'..=char::MAX).step_by(crate::emulated::ONE_IN) {
                let mut bytes = [0; 4];
                let (symbol, _) = machine.read::<false>(c.encode_utf8(&mut bytes).as_bytes(), 0);
                assert_eq!(symbol & !LETTER, resolve(data, data.symbols.get(c)), "{c:?}");
            }
        }
    }

    #[test]
    fn letters_are_alphabetic_or_numbers() {
        let categories = CodePointMapData::<GeneralCategory>::new();
        for c in ('\0'..=char::MAX).step_by(crate::emulated::ONE_IN) {
            let number = GeneralCategoryGroup::Number.contains(categories.get(c));
            let expected = number || CodePointSetData::new::<Alphabetic>().contains(c);
            assert_eq!(is_alphanumeric(c), expected, "{c:?}");
        }
    }

    #[test]
    fn hard_texts() {
        for text in [
            "",
            "a",
            "a. b",
            "a.  b",
            "A. 1 b. C",
            "\r\n",
            "$1,000.00%",
            "(a)",
            "\u{a0}",
            "“a” «b»",
        ] {
            agree(text.as_bytes());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(crate::emulated::cases(600)))]

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
