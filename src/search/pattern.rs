//! Parsing patterns: their options and errors, and the properties known before they are compiled.

use regex_automata::meta;
use regex_syntax::ast::Ast;
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::hir::Hir;
use regex_syntax::hir::translate::TranslatorBuilder;

/// Options of a pattern. The default is a Unicode pattern without flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PatternOptions {
    /// Letters match in either case (`i`).
    pub ignore_case: bool,
    /// `^` and `$` match at the ends of lines too (`m`).
    pub multi_line: bool,
    /// `.` matches a line feed too (`s`).
    pub dot_all: bool,
    /// White space and comments in the pattern are ignored (`x`).
    pub verbose: bool,
    /// Unicode is off: a character is a byte, and classes are ASCII only (`b`).
    pub bytes: bool,
    /// A match must begin where the search does.
    pub anchored: bool,
    /// Maximum bytes of the compiled pattern; 0 for 10 MiB, enough for thousands of Unicode classes.
    pub memory_limit: usize,
}

/// Default memory limit of a compiled pattern, in bytes.
const DEFAULT_MEMORY_LIMIT: usize = 10 << 20;

/// Capacity of one lazily built automaton, in bytes.
const CACHE: usize = 2 << 20;

/// Maximum memory that compiling takes in addition to the limit, for any pattern.
const COMPILING: usize = 2 << 20;

/// Memory that compiling may take for each byte of the patterns, as they are parsed and as the crates have them.
const COMPILING_EACH: usize = 1 << 10;

/// Returns how much memory has to be there before patterns of so many bytes are compiled: the crates that do it take it in
/// pieces that cannot be refused.
pub(super) fn compiling_memory(limit: usize, len: usize) -> usize {
    let all = COMPILING.saturating_add(len.saturating_mul(COMPILING_EACH));
    all.min(COMPILING.saturating_add(limit.saturating_mul(4)))
}

/// Returns how much memory has to be there before a thread searches for the first time: two automata are built lazily, and
/// a simulation takes as much as the pattern.
pub(super) fn searching_memory(engine: &meta::Regex) -> usize {
    2 * CACHE + 2 * engine.memory_usage()
}

impl PatternOptions {
    pub(super) fn limit(&self) -> usize {
        if self.memory_limit == 0 { DEFAULT_MEMORY_LIMIT } else { self.memory_limit }
    }

    /// Returns the configuration of an engine for patterns with these options.
    pub(super) fn engine(&self, kind: regex_automata::MatchKind) -> meta::Config {
        meta::Config::new()
            .match_kind(kind)
            // Empty matches inside a character are skipped by rille: the engine's own rule assumes valid UTF-8.
            .utf8_empty(false)
            .nfa_size_limit(Some(self.limit()))
            .hybrid_cache_capacity(CACHE)
    }

    /// Parses a pattern.
    pub(super) fn parse(&self, pattern: &[u8]) -> Result<Hir, PatternError> {
        let (text, ast) = self.parse_syntax(pattern)?;
        self.translate(text, &ast)
    }

    /// Parses a pattern as far as that does not depend on whether case is ignored.
    pub(super) fn parse_syntax<'p>(
        &self,
        pattern: &'p [u8],
    ) -> Result<(&'p str, Ast), PatternError> {
        let text = std::str::from_utf8(pattern).map_err(|error| {
            let message = "the pattern is not valid UTF-8; write a byte as (?-u:\\xFF)";
            PatternError::at(error.valid_up_to(), message.to_owned())
        })?;
        let mut parser = ParserBuilder::new().ignore_whitespace(self.verbose).build();
        let ast = parser.parse(text).map_err(|error| PatternError::syntax(error.into()))?;
        Ok((text, ast))
    }

    /// Translates the result of [`PatternOptions::parse_syntax`].
    pub(super) fn translate(&self, text: &str, ast: &Ast) -> Result<Hir, PatternError> {
        TranslatorBuilder::new()
            .unicode(!self.bytes)
            // A pattern may match bytes that are not UTF-8, as texts may contain them.
            .utf8(false)
            .case_insensitive(self.ignore_case)
            .multi_line(self.multi_line)
            .dot_matches_new_line(self.dot_all)
            .build()
            .translate(text, ast)
            .map_err(|error| PatternError::syntax(error.into()))
    }

    /// Returns the error for a pattern that the parser accepted but the engine did not.
    pub(super) fn refused(&self, error: &meta::BuildError) -> PatternError {
        if error.size_limit().is_some() {
            let message = format!(
                "the compiled pattern takes more than {} bytes; simplify it or raise the memory limit",
                self.limit()
            );
            return PatternError { too_big: true, ..PatternError::whole(message) };
        }
        PatternError::whole(format!("the pattern cannot be compiled: {error}"))
    }
}

/// An error in a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// A message for the author of the pattern.
    pub message: String,
    /// Offset of the error in the pattern, in bytes, if it has one.
    pub offset: Option<usize>,
    /// Whether the pattern is valid but exceeds the memory limit.
    pub too_big: bool,
}

impl PatternError {
    pub(super) fn at(offset: usize, message: String) -> PatternError {
        PatternError { message, offset: Some(offset), too_big: false }
    }

    pub(super) fn whole(message: String) -> PatternError {
        PatternError { message, offset: None, too_big: false }
    }

    fn syntax(error: regex_syntax::Error) -> PatternError {
        match error {
            regex_syntax::Error::Parse(error) => {
                PatternError::at(error.span().start.offset, error.kind().to_string())
            }
            regex_syntax::Error::Translate(error) => {
                PatternError::at(error.span().start.offset, error.kind().to_string())
            }
            error => PatternError::whole(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_its_offset() {
        for (pattern, offset) in [
            (&b"ab(cd"[..], 2),
            (b"ab)", 2),
            (b"x[z-a]", 2),
            (b"a**b\\p{Nope}", 4),
            (b"a{2,1}", 1),
            (b"(?=a)", 0),
            (b"(a)\\1", 3),
            (b"\xC3\xA9\\q", 2),
            (b"ab\xFFcd", 2),
        ] {
            let error = PatternOptions::default().parse(pattern).expect_err("a mistake");
            assert_eq!(error.offset, Some(offset), "{}: {error:?}", pattern.escape_ascii());
            assert!(!error.message.contains('\n'), "{error:?}");
        }
    }
}
