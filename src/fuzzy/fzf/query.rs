//! fzf's extended query syntax.
//!
//! | Term | Matches items |
//! |---|---|
//! | `sbtrkt` | that contain these characters in this order: fuzzy |
//! | `'wild` | that contain `wild` |
//! | `'wild'` | that contain `wild` as a word |
//! | `^music` | that begin with `music` |
//! | `.mp3$` | that end with `.mp3` |
//! | `^core$` | that are `core` |
//! | `!fire` | that do not contain `fire`; also `!'fire'`, `!^music`, `!.mp3$`, and `!'fr` to exclude fuzzy matches |
//! | `a \| b` | that match at least one of them; the score is that of the first that matches |
//! | `a b` | that match both; their scores are added |
//!
//! `^` and `$` skip white space at the ends of the item, unless the term has it there itself. A backslash before a space
//! makes the space part of the term. A `|` that has nothing or another `|` before it is a term, and so is a single `$`.
//! Other operators without text are ignored.
//!
//! # What differs from fzf?
//!
//! A tab in a query is a tab; fzf, which marks escaped spaces with it, reads it as a space. Case is folded by Unicode's
//! simple folding where fzf lowers it, so that `ς` finds `σ`. Accents are folded in every script, where fzf folds Latin
//! letters only, and also if they are separate combining marks.

use crate::fuzzy::fzf::chars::{base, code, fold, is_capital, is_mark};

/// When a term is case-sensitive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// If the term has a capital letter.
    #[default]
    Smart,
    /// Never.
    Ignore,
    /// Always.
    Respect,
}

/// How queries are parsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueryOptions {
    /// When a term is case-sensitive.
    pub case: Case,
    /// Whether a term without accents also matches accented letters.
    pub normalize: bool,
    /// Maximum number of characters of a fuzzy term that may be missing from an item, at most [`MAX_TYPOS`]. Each one
    /// needs four characters of the term.
    pub typos: u8,
}

/// Maximum value of [`QueryOptions::typos`].
pub const MAX_TYPOS: u8 = 3;

/// How a term matches an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The item contains its characters in their order.
    Fuzzy,
    /// The item contains it.
    Exact,
    /// The item contains it, not as part of a longer word.
    Word,
    /// The item begins with it.
    Prefix,
    /// The item ends with it.
    Suffix,
    /// The item equals it.
    Equal,
}

/// A term of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// How the term matches.
    pub kind: Kind,
    /// Whether matched items are excluded.
    pub negated: bool,
    /// Whether case matters. If not, `chars` are folded.
    pub respect_case: bool,
    /// Whether accents of items are removed. The term then has none.
    pub normalize: bool,
    /// Maximum number of its characters that may be missing from an item.
    pub typos: u8,
    /// Its characters, at least one: code points, or codes of invalid sequences.
    pub chars: Vec<u32>,
    /// For each prefix of `chars`, the length of the longest shorter prefix that is also its suffix.
    overlaps: Vec<u32>,
}

impl Term {
    /// Returns all places of the term in a text, including overlapping ones, by the algorithm of Knuth, Morris and Pratt.
    /// Cost: linear in the length of the text.
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

    /// Returns the term as bytes if it is ASCII.
    pub fn ascii(&self) -> Option<Vec<u8>> {
        self.chars.iter().map(|&code| u8::try_from(code).ok().filter(u8::is_ascii)).collect()
    }
}

/// A parsed query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Groups that all have to match; a group matches if one of its terms does.
    pub groups: Vec<Vec<Term>>,
}

/// Maximum number of terms of a query: each costs some nanoseconds per item.
pub(in crate::fuzzy) const MAX_TERMS: usize = 64;

/// Maximum length of a query in bytes.
const MAX_BYTES: usize = 8192;

/// Why a query is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLarge {
    /// The query has this many terms, more than `MAX_TERMS`.
    Terms(usize),
    /// The query has this many bytes, more than `MAX_BYTES`.
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

/// Returns an error if a query is too large. All callers outside the library have to check this before they search.
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
    /// Parses a query. Every text is a valid query, but see [`check`] for its size.
    pub fn new(text: &[u8], options: QueryOptions) -> Query {
        let mut groups: Vec<Vec<Term>> = Vec::new();
        // Whether the next term begins a group, and whether the last token was the operator `|`.
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

    /// Returns whether the query matches every item.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Returns whether the query orders matches by score: it has a term that is not negated.
    pub fn orders(&self) -> bool {
        self.groups.iter().flatten().any(|term| !term.negated)
    }
}

/// Returns the parts of a query between spaces, with escaped spaces unescaped.
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
            let most = usize::from(options.typos.min(MAX_TYPOS));
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

/// Characters of a term for each typo allowed. In shorter terms a typo would leave too little to match.
const CHARS_PER_TYPO: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Query {
        Query::new(text.as_bytes(), QueryOptions::default())
    }

    /// Returns a query as text: groups between spaces, terms between bars, each with its kind and its text.
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
        // Operators without text do not count.
        assert_eq!(check("! ^ $ ' ".repeat(500).as_bytes()), Err(TooLarge::Terms(500)));
        assert_eq!(check("! ^ ' ".repeat(1000).as_bytes()), Ok(()));
        assert_eq!(check(&[b'x'; MAX_BYTES]), Ok(()));
        let error = check(&[b'x'; MAX_BYTES + 1]).unwrap_err();
        assert_eq!(error.to_string(), "the query has 8193 bytes; at most 8192 are allowed");
        let error = check("x ".repeat(65).as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "the query has 65 terms; at most 64 are allowed");
    }

    /// Words that overlap themselves, compared with a search that tries each place.
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
