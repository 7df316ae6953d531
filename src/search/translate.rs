//! Conversion of literal text and Lua patterns to regular expressions.

use super::PatternError;
use std::fmt::Write;

/// Returns a pattern that matches exactly `text`, with any flags except `i`.
pub fn escape(text: &[u8]) -> String {
    let mut pattern = String::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            // The flag x ignores white space.
            if c.is_whitespace() && !c.is_ascii() {
                push_bytes(&mut pattern, c.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
            if regex_syntax::is_meta_character(c) || c.is_whitespace() {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        if !chunk.invalid().is_empty() {
            push_bytes(&mut pattern, chunk.invalid());
        }
    }
    pattern
}

fn push_bytes(pattern: &mut String, bytes: &[u8]) {
    pattern.push_str("(?-u:");
    bytes.iter().for_each(|byte| push_byte(pattern, *byte));
    pattern.push(')');
}

fn push_byte(pattern: &mut String, byte: u8) {
    let _ = write!(pattern, "\\x{byte:02X}");
}

/// Converts a Lua pattern to a regular expression that matches the same bytes.
///
/// The classes are those of the C locale, as in LuaJIT. A `^` at the start anchors at the start of the text, not of the
/// search. A position capture `()` becomes an empty group, whose offset [`super::Matches::next_captures`] returns. Items
/// that take more than linear time are errors (`%b`, and `%1` to `%9`), and so is `%f`, which has no equivalent.
pub fn from_lua(pattern: &[u8]) -> Result<String, PatternError> {
    let mut lua = Lua { pattern, at: 0, out: "(?s-u)".to_owned(), open: Vec::new() };
    if lua.next_is(b'^') {
        lua.at += 1;
        lua.out.push_str("\\A");
    }
    while let Some(&byte) = pattern.get(lua.at) {
        match byte {
            b'(' => {
                lua.open.push(lua.at);
                lua.at += 1;
                lua.out.push('(');
            }
            b')' => {
                if lua.open.pop().is_none() {
                    return Err(lua.mistake("there is no open capture to close"));
                }
                lua.at += 1;
                lua.out.push(')');
            }
            b'$' if lua.at + 1 == pattern.len() => {
                lua.at += 1;
                lua.out.push_str("\\z");
            }
            _ => lua.single()?,
        }
    }
    match lua.open.pop() {
        None => Ok(lua.out),
        Some(at) => Err(PatternError::at(at, "unclosed capture: its ) is missing".to_owned())),
    }
}

/// The bytes that one item of a pattern matches.
type Set = [bool; 256];

struct Lua<'p> {
    pattern: &'p [u8],
    at: usize,
    out: String,
    /// Offsets of the open captures.
    open: Vec<usize>,
}

impl Lua<'_> {
    fn next_is(&self, byte: u8) -> bool {
        self.pattern.get(self.at) == Some(&byte)
    }

    fn mistake(&self, message: &str) -> PatternError {
        PatternError::at(self.at, message.to_owned())
    }

    /// Converts a single-byte item and its quantifier.
    fn single(&mut self) -> Result<(), PatternError> {
        let set = match self.pattern[self.at] {
            b'.' => {
                self.at += 1;
                [true; 256]
            }
            b'%' => self.escaped(true)?,
            b'[' => self.set()?,
            byte => {
                self.at += 1;
                only(byte)
            }
        };
        self.push(&set);
        let times = match self.pattern.get(self.at) {
            Some(b'*') => "*",
            Some(b'+') => "+",
            Some(b'-') => "*?",
            Some(b'?') => "?",
            _ => return Ok(()),
        };
        self.at += 1;
        self.out.push_str(times);
        Ok(())
    }

    /// Converts `%` and what follows it.
    fn escaped(&mut self, outside: bool) -> Result<Set, PatternError> {
        let Some(&letter) = self.pattern.get(self.at + 1) else {
            return Err(self.mistake("the pattern ends with %"));
        };
        if outside {
            let refused = match letter {
                b'b' => "%b matches nested delimiters, which a regular expression cannot",
                b'f' => "%f needs look-around, which is not supported; use \\b where possible",
                b'0'..=b'9' => "back-references are not supported: they take more than linear time",
                _ => "",
            };
            if !refused.is_empty() {
                return Err(self.mistake(refused));
            }
        }
        self.at += 2;
        Ok(class(letter).unwrap_or_else(|| only(letter)))
    }

    /// Converts `[set]` as LuaJIT reads it: a `]` that comes first belongs to the set, and any byte may end a range.
    fn set(&mut self) -> Result<Set, PatternError> {
        let begin = self.at;
        self.at += 1;
        let complement = self.next_is(b'^');
        self.at += usize::from(complement);
        let (mut set, mut first) = ([complement; 256], true);
        loop {
            let Some(&byte) = self.pattern.get(self.at) else {
                return Err(PatternError::at(begin, "unclosed set: its ] is missing".to_owned()));
            };
            if byte == b']' && !first {
                self.at += 1;
                return Ok(set);
            }
            first = false;
            if byte == b'%' {
                let class = self.escaped(false)?;
                set.iter_mut()
                    .zip(class)
                    .filter(|(_, is)| *is)
                    .for_each(|(to, _)| *to = !complement);
                continue;
            }
            let last = match self.pattern.get(self.at + 1..self.at + 3) {
                Some(&[b'-', last]) if last != b']' => {
                    self.at += 2;
                    last
                }
                _ => byte,
            };
            self.at += 1;
            (byte..=last).for_each(|byte| set[byte as usize] = !complement);
        }
    }

    fn push(&mut self, set: &Set) {
        let count = set.iter().filter(|is| **is).count();
        if count == 256 {
            return self.out.push('.');
        }
        let mut runs = Vec::new();
        let mut at = 0;
        for run in set.chunk_by(|a, b| a == b) {
            if run[0] {
                runs.push((at as u8, (at + run.len() - 1) as u8));
            }
            at += run.len();
        }
        if let [(byte, last)] = runs[..]
            && byte == last
        {
            return self.byte(byte);
        }
        self.out.push('[');
        if runs.is_empty() {
            // The negation of all bytes matches nothing.
            self.out.push_str("^\\x00-\\xFF");
        }
        for (first, last) in runs {
            self.byte(first);
            if first < last {
                self.out.push('-');
                self.byte(last);
            }
        }
        self.out.push(']');
    }

    /// Appends a byte, as a readable character where possible.
    fn byte(&mut self, byte: u8) {
        match byte {
            b'0'..=b'9'
            | b'A'..=b'Z'
            | b'a'..=b'z'
            | b'_'
            | b' '
            | b'/'
            | b':'
            | b','
            | b';'
            | b'='
            | b'@'
            | b'"'
            | b'\''
            | b'<'
            | b'>'
            | b'!'
            | b'%' => self.out.push(byte as char),
            b'!'..=b'~' => {
                self.out.push('\\');
                self.out.push(byte as char);
            }
            _ => push_byte(&mut self.out, byte),
        }
    }
}

fn only(byte: u8) -> Set {
    let mut set = [false; 256];
    set[byte as usize] = true;
    set
}

/// Returns the class of a letter after `%`, if it has one. A capital letter is the complement of the small one.
fn class(letter: u8) -> Option<Set> {
    let is: fn(&u8) -> bool = match letter.to_ascii_lowercase() {
        b'a' => u8::is_ascii_alphabetic,
        b'c' => u8::is_ascii_control,
        b'd' => u8::is_ascii_digit,
        b'g' => u8::is_ascii_graphic,
        b'l' => u8::is_ascii_lowercase,
        b'p' => u8::is_ascii_punctuation,
        // Includes the vertical tab, which Rust's definition omits.
        b's' => |byte| matches!(byte, b' ' | 9..=13),
        b'u' => u8::is_ascii_uppercase,
        b'w' => u8::is_ascii_alphanumeric,
        b'x' => u8::is_ascii_hexdigit,
        b'z' => |byte| *byte == 0,
        _ => return None,
    };
    let capital = letter.is_ascii_uppercase();
    Some(std::array::from_fn(|byte| is(&(byte as u8)) != capital))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{PatternOptions, Regex};
    use proptest::prelude::*;

    #[test]
    fn lua_patterns_become_readable_regexes() {
        for (lua, regex) in [
            (&b"^%s*(%d+)%.(%a-)$"[..], "(?s-u)\\A[\\x09-\\x0D ]*([0-9]+)\\.([A-Za-z]*?)\\z"),
            (b"a.b?[^%w_]", "(?s-u)a.b?[\\x00-/:-@\\[-\\^\\`\\{-\\xFF]"),
            (b"[]a-c-]()", "(?s-u)[\\-\\]a-c]()"),
            (b"[a-]", "(?s-u)[\\-a]"),
            (b"[^%w-]+", "(?s-u)[\\x00-,\\.-/:-@\\[-\\`\\{-\\xFF]+"),
            (b"(a)*$b", "(?s-u)(a)\\*\\$b"),
            (b"[^%s%S]", "(?s-u)[^\\x00-\\xFF]"),
            (b"\xC3\xA9", "(?s-u)\\xC3\\xA9"),
        ] {
            assert_eq!(from_lua(lua).unwrap(), regex);
            Regex::new(regex.as_bytes(), &PatternOptions::default()).expect("a pattern");
        }
    }

    #[test]
    fn lua_items_without_equivalent_are_refused_with_their_offset() {
        for (pattern, offset) in [
            (&b"a%b()"[..], 1),
            (b"%f[%w]", 0),
            (b"(a)%1", 3),
            (b"a%", 1),
            (b"a[b", 1),
            (b"a(b", 1),
            (b"a)b", 1),
            (b"[%", 1),
        ] {
            let error = from_lua(pattern).expect_err("a mistake");
            assert_eq!(error.offset, Some(offset), "{}: {}", pattern.escape_ascii(), error.message);
        }
    }

    proptest! {
        #[test]
        fn an_escaped_text_matches_itself_only(text in prop::collection::vec(any::<u8>(), 0..12), spaces in "[ \\t\\n#a\u{2003}\u{85}-]{0,6}") {
            for text in [&text[..], spaces.as_bytes()] {
                for (verbose, bytes) in [(false, false), (true, false), (false, true), (true, true)] {
                    let options = PatternOptions { verbose, bytes, ..PatternOptions::default() };
                    let regex = Regex::new(escape(text).as_bytes(), &options).unwrap();
                    let found = regex.find(text, 0).map(|span| (span.start, span.stop));
                    prop_assert_eq!(found, Some((0, text.len())), "{}", escape(text));
                }
            }
        }

        #[test]
        fn nothing_panics_and_what_is_translated_compiles(
            text in prop::collection::vec(prop::sample::select(&b"a%[]^-$.*+?()wbf1\x00\xFF\\{}<>=!Kg&RQE#:|,"[..]), 0..16)
        ) {
            let _ = crate::search::explain_pcre(&text);
            match from_lua(&text) {
                Ok(regex) => prop_assert!(Regex::new(regex.as_bytes(), &PatternOptions::default()).is_ok(), "{}", regex),
                Err(error) => prop_assert!(error.offset.is_some_and(|at| at < text.len())),
            }
        }
    }
}
