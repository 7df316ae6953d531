//! fzf's extended query syntax.
//!
//! | Term | Matches items |
//! |---|---|
//! | `sbtrkt` | that hold these chars in this order: fuzzy |
//! | `'wild` | that hold `wild` |
//! | `'wild'` | that hold `wild` as a word |
//! | `^music` | that begin with `music` |
//! | `.mp3$` | that end with `.mp3` |
//! | `^core$` | that are `core` |
//! | `!fire` | that do not hold `fire`; also `!'fire'`, `!^music`, `!.mp3$`, and `!'fr` for what does not match fuzzily |
//! | `a \| b` | that match one of them; the first of them that does gives the score |
//! | `a b` | that match both; their scores add up |
//!
//! `^` and `$` pass over white space at the item's ends, unless the term has it there itself. A backslash before a space
//! makes it a part of the term. A `|` that has nothing before it, or another `|`, is a term, and so is a `$` alone. Other
//! operators without text mean nothing.
//!
//! # Where does it differ from fzf?
//!
//! A tab in a query is a tab; fzf, which uses it to remember escaped spaces, takes it for a space. Case is folded by
//! Unicode's simple folding where fzf lowers, so that `ς` finds `σ`. Accents are folded in every script, where fzf knows
//! the letters made from Latin ones, and those written as a letter and a mark are folded as well.

use crate::fuzzy::fzf::chars::{base, code, fold, is_capital, is_mark};

/// Whether case matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// In a term that has a capital letter.
    #[default]
    Smart,
    /// Never.
    Ignore,
    /// Always.
    Respect,
}

/// What a query is made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueryOptions {
    /// Whether case matters.
    pub case: Case,
    /// Whether a term without accents finds letters that have some.
    pub normalize: bool,
    /// Strategy many chars of a fuzzy term an item may lack, at most [`MOST_TYPOS`]. A term of so many times four chars only.
    pub typos: u8,
}

/// Most that [`QueryOptions::typos`] can be.
pub const MOST_TYPOS: u8 = 3;

/// Strategy a term matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Its chars are there in their order.
    Fuzzy,
    /// It is there.
    Exact,
    /// It is there, and no part of a longer word.
    Word,
    /// It is the beginning.
    Prefix,
    /// It is the end.
    Suffix,
    /// It is all there is.
    Equal,
}

/// One term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Strategy it matches.
    pub kind: Kind,
    /// Whether items that match are left out.
    pub negated: bool,
    /// Whether case matters. If not, `chars` are folded.
    pub respect_case: bool,
    /// Whether accents of items are folded. The term has none then.
    pub normalize: bool,
    /// Strategy many of its chars an item may lack.
    pub typos: u8,
    /// Its chars, never none: code points, or what stands for invalid sequences.
    pub chars: Vec<u32>,
    /// For each beginning of `chars`: how long the longest shorter one is that it ends with.
    overlaps: Vec<u32>,
}

impl Term {
    /// Where the term stands as it is in a text of chars, overlapping ones too. Linear in the text's length, by Knuth,
    /// Morris and Pratt.
    pub fn places<'t>(&'t self, text: &'t [u32]) -> impl Iterator<Item = usize> + 't {
        let mut matched = 0;
        text.iter().enumerate().filter_map(move |(at, code)| {
            while matched > 0 && (matched == self.chars.len() || self.chars[matched] != *code) {
                matched = self.overlaps[matched - 1] as usize;
            }
            matched += usize::from(self.chars[matched] == *code);
            (matched == self.chars.len()).then(|| at + 1 - matched)
        })
    }

    /// The term as bytes if it is ASCII.
    pub fn ascii(&self) -> Option<Vec<u8>> {
        self.chars.iter().map(|&code| u8::try_from(code).ok().filter(u8::is_ascii)).collect()
    }
}

/// A query, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// All of these have to match; each does if one of its terms does.
    pub groups: Vec<Vec<Term>>,
}

/// Terms of a query, at most: each costs some nanoseconds for each item.
pub(in crate::fuzzy) const MAX_TERMS: usize = 64;

/// Bytes of a query, at most.
const MAX_BYTES: usize = 8192;

/// Why a query is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLarge {
    /// It has so many terms, more than `MAX_TERMS`.
    Terms(usize),
    /// It has so many bytes, more than `MAX_BYTES`.
    Bytes(usize),
}

impl std::fmt::Display for TooLarge {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TooLarge::Terms(count) => {
                write!(out, "the query has {count} terms; at most {MAX_TERMS} are allowed")
            }
            TooLarge::Bytes(count) => {
                write!(out, "the query has {count} bytes; at most {MAX_BYTES} are allowed")
            }
        }
    }
}

/// Checks that a query is not too large. All callers outside the library have to ask this before they search.
pub fn check(text: &[u8]) -> Result<(), TooLarge> {
    if text.len() > MAX_BYTES {
        return Err(TooLarge::Bytes(text.len()));
    }
    match Query::new(text, QueryOptions::default()).groups.iter().flatten().count() {
        0..=MAX_TERMS => Ok(()),
        count => Err(TooLarge::Terms(count)),
    }
}

impl Query {
    /// Reads a query. There are no wrong ones, but see [`check`].
    pub fn new(text: &[u8], options: QueryOptions) -> Query {
        let mut groups: Vec<Vec<Term>> = Vec::new();
        // Whether the next term begins a group, and whether the last token was an operator "or".
        let (mut next, mut after_bar) = (true, false);
        for token in tokens(text) {
            if token == b"|" && !after_bar && !groups.is_empty() {
                (next, after_bar) = (false, true);
                continue;
            }
            after_bar = false;
            let Some(term) = term(&token, options) else { continue };
            match groups.last_mut() {
                Some(group) if !next => group.push(term),
                _ => groups.push(vec![term]),
            }
            next = true;
        }
        Query { groups }
    }

    /// Whether it matches every item.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Whether it orders what it matches: it has a term that is not negated.
    pub fn orders(&self) -> bool {
        self.groups.iter().flatten().any(|term| !term.negated)
    }
}

/// The query's parts between spaces, with escaped spaces plain.
fn tokens(text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += text[at..].iter().position(|&byte| byte != b' ')?;
        let mut token = Vec::new();
        while let Some(&byte) = text.get(at) {
            match byte {
                b' ' => break,
                b'\\' if text.get(at + 1) == Some(&b' ') => {
                    token.push(b' ');
                    at += 2;
                }
                _ => {
                    token.push(byte);
                    at += 1;
                }
            }
        }
        Some(token)
    })
}

fn term(token: &[u8], options: QueryOptions) -> Option<Term> {
    let (mut kind, mut text) = (Kind::Fuzzy, token);
    let negated = text.starts_with(b"!");
    if negated {
        (kind, text) = (Kind::Exact, &text[1..]);
    }
    if text != b"$" && text.ends_with(b"$") {
        (kind, text) = (Kind::Suffix, &text[..text.len() - 1]);
    }
    if text.len() > 2 && text.starts_with(b"'") && text.ends_with(b"'") {
        (kind, text) = (Kind::Word, &text[1..text.len() - 1]);
    } else if text.starts_with(b"'") {
        (kind, text) = (if negated { Kind::Fuzzy } else { Kind::Exact }, &text[1..]);
    } else if text.starts_with(b"^") {
        (kind, text) = (if kind == Kind::Suffix { Kind::Equal } else { Kind::Prefix }, &text[1..]);
    }
    if text.is_empty() {
        return None;
    }

    let mut chars = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (code, len) = code(text, at);
        chars.push(code);
        at += len;
    }
    let respect_case = match options.case {
        Case::Smart => chars.iter().any(|&code| is_capital(code)),
        Case::Ignore => false,
        Case::Respect => true,
    };
    let normalize =
        options.normalize && chars.iter().all(|&code| base(code) == code && !is_mark(code));
    if !respect_case {
        chars.iter_mut().for_each(|code| *code = fold(*code));
    }
    let typos = match kind {
        Kind::Fuzzy if !negated => {
            let most = usize::from(options.typos.min(MOST_TYPOS));
            most.min(chars.len() / CHARS_PER_TYPO) as u8
        }
        _ => 0,
    };
    let overlaps = overlaps(&chars);
    Some(Term { kind, negated, respect_case, normalize, typos, chars, overlaps })
}

fn overlaps(chars: &[u32]) -> Vec<u32> {
    let mut overlaps = vec![0; chars.len()];
    let mut matched = 0;
    for at in 1..chars.len() {
        while matched > 0 && chars[matched] != chars[at] {
            matched = overlaps[matched - 1] as usize;
        }
        matched += usize::from(chars[matched] == chars[at]);
        overlaps[at] = matched as u32;
    }
    overlaps
}

/// A term may lack one of so many chars. Of shorter ones a typo would leave nothing to tell by.
const CHARS_PER_TYPO: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Query {
        Query::new(text.as_bytes(), QueryOptions::default())
    }

    /// A query as a text: groups between spaces, terms between bars, each its kind and its text.
    fn shown(text: &str, options: QueryOptions) -> String {
        let term = |term: &Term| {
            let text: String = term.chars.iter().filter_map(|&code| char::from_u32(code)).collect();
            let case = if term.respect_case { "C" } else { "" };
            let normal = if term.normalize { "N" } else { "" };
            format!("{}{:?}{case}{normal}({text})", if term.negated { "!" } else { "" }, term.kind)
        };
        let group = |group: &Vec<Term>| group.iter().map(term).collect::<Vec<_>>().join("|");
        let query = Query::new(text.as_bytes(), options);
        query.groups.iter().map(group).collect::<Vec<_>>().join(" ")
    }

    fn plain(text: &str) -> String {
        shown(text, QueryOptions::default())
    }

    /// What pattern_test.go of fzf asserts.
    #[test]
    fn as_fzf_tests() {
        assert_eq!(
            plain("aaa 'bbb ^ccc ddd$ !eee !'fff !^ggg !hhh$ | ^iii$ ^xxx | 'yyy | zzz$ | !ZZZ |"),
            "Fuzzy(aaa) Exact(bbb) Prefix(ccc) Suffix(ddd) !Exact(eee) !Fuzzy(fff) !Prefix(ggg) \
             !Suffix(hhh)|Equal(iii) Prefix(xxx)|Exact(yyy)|Suffix(zzz)|!ExactC(ZZZ)"
        );
        assert_eq!(plain("' ^ !' !^"), "");
        assert_eq!(plain("| | foo"), "Fuzzy(|)|Fuzzy(foo)");
        assert_eq!(plain("| | | foo"), "Fuzzy(|)|Fuzzy(|) Fuzzy(foo)");
        assert_eq!(plain("foo | bar | baz"), "Fuzzy(foo)|Fuzzy(bar)|Fuzzy(baz)");
    }

    #[test]
    fn operators() {
        for (text, terms) in [
            ("", ""),
            ("   ", ""),
            ("$", "Fuzzy($)"),
            ("!$", "!Exact($)"),
            ("^$", ""),
            ("'$", ""),
            ("!", ""),
            ("!!a", "!Exact(!a)"),
            ("''", "Exact(')"),
            ("'''", "Word(')"),
            ("'word'", "Word(word)"),
            ("!'word'", "!Word(word)"),
            ("'word'$", "Word(word)"),
            ("'^a", "Exact(^a)"),
            ("^'a", "Prefix('a)"),
            ("a$$", "Suffix(a$)"),
            ("!^a$", "!Equal(a)"),
            ("a|b", "Fuzzy(a|b)"),
            ("a | ^ b", "Fuzzy(a)|Fuzzy(b)"),
            ("a | | b", "Fuzzy(a)|Fuzzy(|) Fuzzy(b)"),
            ("a |", "Fuzzy(a)"),
            (" a\\ b\\  c\\ ", "Fuzzy(a b ) Fuzzy(c )"),
            ("a\\b", "Fuzzy(a\\b)"),
            ("\\ |", "Fuzzy( |)"),
            ("a\tb", "Fuzzy(a\tb)"),
            ("é' '日本$", "Fuzzy(é') Exact(日本)"),
        ] {
            assert_eq!(plain(text), terms, "{text}");
        }
        assert!(parse("").is_empty() && !parse("").orders());
        assert!(!parse("!a").is_empty() && !parse("!a !b | !c").orders());
        assert!(parse("!a b").orders() && parse("!a | b").orders());
    }

    #[test]
    fn case_and_accents() {
        let with = |case, normalize| QueryOptions { case, normalize, typos: 0 };
        for (text, options, terms) in [
            ("Ab äÖ é", with(Case::Smart, false), "FuzzyC(Ab) FuzzyC(äÖ) Fuzzy(é)"),
            ("Ab äÖ ẞς", with(Case::Ignore, false), "Fuzzy(ab) Fuzzy(äö) Fuzzy(ßσ)"),
            ("ab ςK", with(Case::Respect, false), "FuzzyC(ab) FuzzyC(ςK)"),
            (
                "danco ç So e\u{301}",
                with(Case::Smart, true),
                "FuzzyN(danco) Fuzzy(ç) FuzzyCN(So) Fuzzy(e\u{301})",
            ),
            ("日本", with(Case::Smart, true), "FuzzyN(日本)"),
        ] {
            assert_eq!(shown(text, options), terms, "{text}");
        }
    }

    #[test]
    fn typos() {
        let typos = |text: &str, typos| {
            Query::new(text.as_bytes(), QueryOptions { typos, ..QueryOptions::default() }).groups[0]
                [0]
            .typos
        };
        let terms = ["fzf", "conf", "configs", "abcdefgh", "'conf", "!'conf", "con$"];
        assert_eq!(terms.map(|text| typos(text, 2)), [0, 1, 1, 2, 0, 0, 0]);
        assert_eq!((typos("abcdefghijklmnop", 255), typos("abcdefghijklmnop", 1)), (3, 1));
    }

    #[test]
    fn a_query_has_a_bound_of_terms_and_of_bytes() {
        for (term, between) in [("a", " "), ("!b", " "), ("'c", " | "), ("^d$", " | ")] {
            let most = [term; MAX_TERMS].join(between);
            assert_eq!(check(most.as_bytes()), Ok(()));
            let more = format!("{most}{between}{term}");
            assert_eq!(check(more.as_bytes()), Err(TooLarge::Terms(MAX_TERMS + 1)), "{term}");
        }
        // What is no term does not count.
        assert_eq!(check("! ^ $ ' ".repeat(500).as_bytes()), Err(TooLarge::Terms(500)));
        assert_eq!(check("! ^ ' ".repeat(1000).as_bytes()), Ok(()));
        assert_eq!(check(&[b'x'; MAX_BYTES]), Ok(()));
        let error = check(&[b'x'; MAX_BYTES + 1]).unwrap_err();
        assert_eq!(error.to_string(), "the query has 8193 bytes; at most 8192 are allowed");
        let error = check("x ".repeat(65).as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "the query has 65 terms; at most 64 are allowed");
    }

    /// Words that overlap themselves, by a search that compares at each place.
    #[test]
    fn places_are_those_of_a_naive_search() {
        let words = |len: usize| {
            (0..1_usize << len).map(move |bits| {
                (0..len).map(|at| if bits >> at & 1 == 1 { 'b' } else { 'a' }).collect::<String>()
            })
        };
        let terms: Vec<String> = (1..=5).flat_map(words).chain(["abcabd".to_owned()]).collect();
        for text in words(9).chain(["abcabcabdabcabd".to_owned()]) {
            let codes: Vec<u32> = text.chars().map(u32::from).collect();
            for term in &terms {
                let read = Query::new(format!("'{term}").as_bytes(), QueryOptions::default());
                let found: Vec<usize> = read.groups[0][0].places(&codes).collect();
                let naive = (0..codes.len()).filter(|&at| text[at..].starts_with(term.as_str()));
                assert_eq!(found, naive.collect::<Vec<_>>(), "{term} in {text}");
            }
        }
    }

    #[test]
    fn bytes_that_are_no_text() {
        let query = Query::new(b"\xFF\x00 \xE2\x82$", QueryOptions::default());
        assert_eq!(query.groups.len(), 2);
        assert_eq!(query.groups[0][0].chars[1], 0);
        assert_eq!((query.groups[1][0].kind, query.groups[1][0].chars.len()), (Kind::Suffix, 1));
        assert_eq!(query.groups[0][0].ascii(), None);
        assert_eq!(parse("ab").groups[0][0].ascii().unwrap(), b"ab");
        let long = Query::new(&b"x".repeat(10_000), QueryOptions::default());
        assert_eq!(long.groups[0][0].chars.len(), 10_000);
        assert!(Query::new(&b"! ' ^ ".repeat(10_000), QueryOptions::default()).is_empty());
    }
}
